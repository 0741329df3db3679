package io.tamada.core.decision;

import io.tamada.core.cluster.ClusterView;
import io.tamada.core.member.Member;
import io.tamada.core.member.RejoinNote;
import io.tamada.core.member.RejoinRung;
import io.tamada.core.postgres.Headway.Trouble;
import io.tamada.core.postgres.LocalPostgres;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.ServerProcess;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.rejoin.Climb;
import io.tamada.core.rejoin.Lag;
import io.tamada.core.rejoin.Progress;
import io.tamada.core.time.Monotonic;
import io.tamada.core.wal.Lsn;
import io.tamada.core.wal.Timeline;
import org.jspecify.annotations.Nullable;

/// Keeps the memory of the way back up to date: once with what is seen, before the decision, and
/// once with what was decided.
public final class Climbing {

    /// What progress is watched of: the receipt of WAL, and a server that somebody else started.
    static final String RECEIPT = "receipt";

    static final String START = "start";

    private Climbing() {}

    /// @param view null when the store does not answer.
    public static Climb seen(
            Climb before,
            @Nullable ClusterView view,
            LocalPostgres postgres,
            long rebuildLagBytes,
            Monotonic now) {
        Climb climb = before;
        if (postgres.operation()
                instanceof Operation.Succeeded(Operation.Kind kind, Monotonic at)) {
            climb =
                    switch (kind) {
                        case CLONE, INITDB -> climb.afterCopy(at);
                        case REWIND -> climb.afterRewind();
                        case START_AS_STANDBY,
                                START_AS_PRIMARY,
                                PROVISION,
                                STOP,
                                PROMOTE,
                                PRE_PROMOTE ->
                                climb;
                    };
        }
        if (postgres.operation() instanceof Operation.Failed failed
                && failed.kind() == Operation.Kind.REWIND
                && failed.attempt() + climb.stalls() >= RejoinRules.REWIND_ATTEMPTS) {
            climb = climb.withRewindSpentOn(leaderTimeline(view));
        }
        ServerStatus status = postgres.status();
        if (status != null && (status.streaming() || !status.inRecovery())) {
            climb = climb.arrived();
        }
        Lsn leader = view == null ? null : leaderPosition(view);
        Lag lag =
                status == null || !status.inRecovery() || leader == null
                        ? null
                        : Lag.after(
                                climb.lag(),
                                leader.bytesSince(status.position()),
                                rebuildLagBytes,
                                now);
        return climb.withProgress(Progress.after(climb.progress(), sight(postgres), now), lag);
    }

    /// How far the leader is known to be.
    static Lsn leaderPosition(ClusterView view) {
        Member leader = view.leaderMember();
        Lsn published =
                leader == null || leader.walLocation() == null ? Lsn.ZERO : leader.walLocation();
        return Lsn.max(published, view.status().optime());
    }

    private static @Nullable Timeline leaderTimeline(@Nullable ClusterView view) {
        Member leader = view == null ? null : view.leaderMember();
        return leader == null ? null : leader.timeline();
    }

    private static Progress.@Nullable Sight sight(LocalPostgres postgres) {
        long odometer = postgres.headway().odometer();
        if (postgres.operation() instanceof Operation.Running(Operation.Kind kind, var since, _)) {
            return switch (kind) {
                case START_AS_STANDBY, START_AS_PRIMARY, CLONE, REWIND ->
                        odometer < 0 ? null : new Progress.Sight(kind + " " + since, odometer);
                case INITDB, PROVISION, STOP, PROMOTE, PRE_PROMOTE -> null;
            };
        }
        return switch (postgres.process()) {
            case ServerProcess.Answering(ServerStatus status) ->
                    status.inRecovery() && !status.streaming()
                            ? new Progress.Sight(RECEIPT, status.position().value())
                            : null;
            case ServerProcess.NotAnswering(_, boolean stopping) ->
                    stopping || odometer < 0 ? null : new Progress.Sight(START, odometer);
            case ServerProcess.Down() -> null;
        };
    }

    /// @param done whether every step of the plan was done.
    public static Climb decided(Climb before, Observation seen, Decision decision, boolean done) {
        Climb climb = before;
        switch (decision.rule()) {
            case OPERATION_STALLED, STANDBY_GETS_NOTHING -> {
                if (done) {
                    climb = climb.withStalls(climb.stalls() + 1).withProgress(null, climb.lag());
                }
            }
            case STANDBY_STUCK -> {
                if (done) {
                    climb = climb.withHopeless(decision.because());
                }
            }
            default -> {
                // Nothing to remember but the note.
            }
        }
        return climb.withNote(note(before.note(), seen, decision));
    }

    private static @Nullable RejoinNote note(
            @Nullable RejoinNote before, Observation seen, Decision decision) {
        RejoinRung rung = rung(seen, decision.rule());
        if (rung == null) {
            return null;
        }
        boolean atWork =
                decision.rule() == RuleId.OPERATION_RUNNING
                        && seen.postgres().operation() instanceof Operation.Running;
        if (atWork) {
            // What a tool prints changes all the time; each change would wake the others.
            return before != null && before.rung() == rung
                    ? before
                    : new RejoinNote(rung, attempt(seen), "");
        }
        return new RejoinNote(rung, attempt(seen), decision.because());
    }

    private static int attempt(Observation seen) {
        int stalls = seen.memory().climb().stalls();
        return 1
                + stalls
                + (seen.postgres().operation() instanceof Operation.Failed failed
                        ? failed.attempt()
                        : 0);
    }

    private static @Nullable RejoinRung rung(Observation seen, RuleId rule) {
        return switch (rule) {
            case FOLLOWING -> {
                ServerStatus status = seen.postgres().status();
                yield status == null || status.streaming() || status.upstream() == null
                        ? null
                        : receiving(seen);
            }
            case FOLLOW_NEW_LEADER,
                    FOLLOW_OTHER_MEMBER,
                    REJOIN_AS_STANDBY,
                    STANDBY_NOT_READY,
                    STANDBY_GETS_NOTHING ->
                    receiving(seen);
            case REWIND_NEEDED, STANDBY_DIVERGED -> RejoinRung.REWIND;
            case RECLONE_DIVERGED,
                    RECLONE_STANDBY,
                    RECLONE_WAITS,
                    STANDBY_STUCK,
                    CLONE_FROM_LEADER,
                    CLONE_FROM_STANDBY,
                    CLONE_AWAITS_LEADER ->
                    RejoinRung.RECLONE;
            case REWIND_NOT_ALLOWED,
                    REWIND_SPENT,
                    RECLONE_NOT_ALLOWED,
                    STANDBY_HELD_UP,
                    START_FAILS ->
                    RejoinRung.STOPPED;
            case OPERATION_RUNNING, OPERATION_STALLED ->
                    seen.postgres().operation() instanceof Operation.Running(var kind, _, _)
                            ? ofOperation(kind)
                            : null;
            default -> null;
        };
    }

    private static RejoinRung receiving(Observation seen) {
        boolean fromArchive =
                seen.postgres().headway().restores()
                        && seen.postgres().headway().hasTrouble(Trouble.Kind.WAL_REMOVED);
        return fromArchive ? RejoinRung.RESTORE : RejoinRung.STREAM;
    }

    private static @Nullable RejoinRung ofOperation(Operation.Kind kind) {
        return switch (kind) {
            case START_AS_STANDBY -> RejoinRung.STREAM;
            case REWIND -> RejoinRung.REWIND;
            case CLONE -> RejoinRung.RECLONE;
            case INITDB, PROVISION, START_AS_PRIMARY, STOP, PROMOTE, PRE_PROMOTE -> null;
        };
    }
}
