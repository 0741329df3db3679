package io.tamada.core.decision;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberRole;
import io.tamada.core.member.MemberState;
import io.tamada.core.postgres.ControlData;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.ServerProcess;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.StopMode;
import io.tamada.core.postgres.Upstream;
import io.tamada.core.rewind.RewindCheck;
import io.tamada.core.wal.Timeline;
import io.tamada.core.wal.TimelineHistory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Another member holds the lease: stop being a primary at once, and follow.
final class StandbyRules {

    /// pg_rewind that fails so often in a row will not succeed.
    private static final int REWIND_ATTEMPTS = 3;

    /// How often a standby that does not stream is looked at.
    private static final Duration UNSETTLED = Duration.ofSeconds(1);

    private StandbyRules() {}

    static Decision decide(Observation seen, Situation.Following following) {
        if (seen.postgres().mayBePrimary()) {
            List<Action> plan = new ArrayList<>();
            plan.add(Plans.instance(new PostgresCommand.Stop(StopMode.IMMEDIATE)));
            plan.addAll(Plans.alive(seen));
            return new Decision(
                    RuleId.DEPOSED_PRIMARY_STOPS,
                    following.leader().name() + " leads",
                    plan,
                    Plans.SOON);
        }
        if (seen.holdsInitialization()) {
            return new Decision(
                    RuleId.BOOTSTRAP_FAILED,
                    following.leader().name() + " leads a cluster of this name already",
                    Plans.alive(seen, new Action.AbandonInitialization()),
                    Plans.AT_ONCE);
        }
        Leader leader = leader(following);
        return switch (seen.postgres().process()) {
            case ServerProcess.NotAnswering _ -> steady(seen, RuleId.STANDBY_NOT_READY, "");
            case ServerProcess.Answering(ServerStatus status) -> follow(seen, leader, status);
            case ServerProcess.Down() -> rejoin(seen, leader, following.data());
        };
    }

    /// The leader as a source: `upstream` and `timeline` are null until it says that it is a
    /// running primary.
    private record Leader(
            String name,
            @Nullable Member member,
            @Nullable Upstream upstream,
            @Nullable Timeline timeline,
            TimelineHistory history) {}

    private static Leader leader(Situation.Following following) {
        Member member = following.view().leaderMember();
        // Before the cluster has a system identifier nobody knows whether the leader's data and
        // ours belong together; to rewind or wipe on its word could destroy another cluster's.
        boolean ready =
                following.view().initialization() instanceof Initialization.Done
                        && member != null
                        && member.state() == MemberState.RUNNING
                        && member.role() == MemberRole.PRIMARY
                        && member.timeline() != null;
        return new Leader(
                following.leader().name().value(),
                member,
                ready && member != null ? Upstream.ofConnUrl(member.connUrl()) : null,
                ready && member != null ? member.timeline() : null,
                following.view().history());
    }

    private static Decision follow(Observation seen, Leader leader, ServerStatus status) {
        if (leader.upstream() == null || leader.timeline() == null) {
            return steady(seen, RuleId.LEADER_NOT_READY, leader.name());
        }
        boolean right = leader.upstream().equals(status.upstream());
        if (right && status.streaming()) {
            return new Decision(
                    RuleId.FOLLOWING, leader.name(), Plans.alive(seen), Plans.loopWait(seen));
        }
        if (RewindCheck.ofStandby(status, leader.timeline(), leader.history())
                == RewindCheck.DIVERGED) {
            return new Decision(
                    RuleId.STANDBY_DIVERGED,
                    "timeline %s at %s; %s leads on timeline %s"
                            .formatted(
                                    status.timeline(),
                                    status.position(),
                                    leader.name(),
                                    leader.timeline()),
                    Plans.alive(seen, Plans.instance(new PostgresCommand.Stop(StopMode.FAST))),
                    Plans.SOON);
        }
        // Asking for the upstream it has already makes the WAL receiver try again at once, instead
        // of after wal_retrieve_retry_interval.
        return new Decision(
                right ? RuleId.FOLLOWING : RuleId.FOLLOW_NEW_LEADER,
                right ? leader.name() + ", not streaming yet" : leader.name(),
                Plans.alive(seen, Plans.instance(new PostgresCommand.Follow(leader.upstream()))),
                Plans.shorter(Plans.loopWait(seen), UNSETTLED));
    }

    private static Decision rejoin(Observation seen, Leader leader, DataDirectory.Ready data) {
        ControlData control = data.control();
        if (leader.upstream() == null || leader.timeline() == null || leader.member() == null) {
            return withoutSource(seen, leader, data);
        }
        if (control.timeline().isBefore(leader.timeline())
                && leader.history().current().isBefore(leader.timeline())) {
            return steady(seen, RuleId.REJOIN_AWAITS_LEADER, leader.name());
        }
        RewindCheck check =
                leader.timeline().equals(seen.memory().divergedFrom())
                        ? RewindCheck.DIVERGED
                        : RewindCheck.ofStopped(data, leader.timeline(), leader.history());
        boolean repair =
                switch (check) {
                    case ON_LINE -> false;
                    case DIVERGED, FORKED -> true;
                    // The end of a crashed primary's WAL is known only after recovery; pg_rewind
                    // does that itself, and does nothing where nothing is needed. To a standby
                    // (also a clone that never ran, whose control file is a primary's) it would
                    // add a checkpoint of its own, in the middle of the leader's line.
                    case UNKNOWN ->
                            control.wasPrimary()
                                    && !data.standbySignal()
                                    && seen.config().postgres().usePgRewind();
                };
        if (repair) {
            return repair(seen, leader, leader.upstream(), check);
        }
        Decision pause = afterFailure(seen, RuleId.REJOIN_AS_STANDBY);
        return pause != null
                ? pause
                : new Decision(
                        RuleId.REJOIN_AS_STANDBY,
                        leader.name(),
                        Plans.alive(
                                seen,
                                Plans.instance(
                                        new PostgresCommand.StartAsStandby(leader.upstream()))),
                        Plans.loopWait(seen));
    }

    /// A leader that cannot start its server hands over only to a running standby. If all the
    /// others waited for it, down, the cluster would wait for ever.
    private static Decision withoutSource(
            Observation seen, Leader leader, DataDirectory.Ready data) {
        Member member = leader.member();
        boolean leaderIsDown =
                member != null
                        && switch (member.state()) {
                            case START_FAILED, CRASHED, STOPPED, STOP_FAILED, RESTART_FAILED ->
                                    true;
                            case INITIALIZING,
                                    INITDB_FAILED,
                                    CUSTOM_BOOTSTRAP,
                                    CUSTOM_BOOTSTRAP_FAILED,
                                    CREATING_REPLICA,
                                    RUNNING,
                                    STARTING,
                                    STARTING_AFTER_CUSTOM_BOOTSTRAP,
                                    RESTARTING,
                                    STOPPING ->
                                    false;
                        };
        if (!data.standbySignal() && !leaderIsDown) {
            return steady(seen, RuleId.LEADER_NOT_READY, leader.name());
        }
        Decision pause = afterFailure(seen, RuleId.LEADER_NOT_READY);
        return pause != null
                ? pause
                : new Decision(
                        RuleId.LEADER_NOT_READY,
                        leader.name() + "; starting as a standby meanwhile",
                        Plans.alive(seen, Plans.instance(new PostgresCommand.StartAsStandby(null))),
                        Plans.shorter(Plans.loopWait(seen), UNSETTLED));
    }

    private static Decision repair(
            Observation seen, Leader leader, Upstream upstream, RewindCheck check) {
        ClusterConfig.PostgresPart settings = seen.config().postgres();
        Member source = leader.member();
        if (source == null) {
            return steady(seen, RuleId.LEADER_NOT_READY, leader.name());
        }
        boolean rewindSpent = isRewindSpent(seen);
        boolean rewindCanHelp = settings.usePgRewind() && check != RewindCheck.FORKED;
        boolean wipe =
                rewindCanHelp
                        ? rewindSpent && settings.removeDataDirectoryOnRewindFailure()
                        : settings.removeDataDirectoryOnDivergedTimelines();
        if (wipe) {
            Decision pause = rewindSpent ? null : afterFailure(seen, RuleId.RECLONE_DIVERGED);
            return pause != null
                    ? pause
                    : new Decision(
                            RuleId.RECLONE_DIVERGED,
                            "from " + leader.name(),
                            Plans.alive(
                                    seen,
                                    Plans.instance(
                                            new PostgresCommand.WipeAndClone(
                                                    source.name(), upstream))),
                            Plans.loopWait(seen));
        }
        if (!rewindCanHelp) {
            return steady(
                    seen,
                    RuleId.REWIND_NOT_ALLOWED,
                    check == RewindCheck.FORKED
                            ? "it was primary on timeline %s itself, which pg_rewind cannot undo; set"
                                            .formatted(leader.timeline())
                                    + " remove_data_directory_on_diverged_timelines, or move the"
                                    + " data directory away by hand"
                            : "set use_pg_rewind or remove_data_directory_on_diverged_timelines, or"
                                    + " move the data directory away by hand ("
                                    + check
                                    + ")");
        }
        if (!source.checkpointAfterPromote()) {
            // Until then the source's control file names the old timeline, and pg_rewind would
            // find nothing to do.
            return steady(
                    seen,
                    RuleId.REJOIN_AWAITS_LEADER,
                    leader.name() + " has not finished its first checkpoint since promotion");
        }
        Decision pause = afterFailure(seen, RuleId.REWIND_NEEDED);
        return pause != null
                ? pause
                : new Decision(
                        RuleId.REWIND_NEEDED,
                        "against " + leader.name(),
                        Plans.alive(
                                seen,
                                Plans.instance(
                                        new PostgresCommand.Rewind(source.name(), upstream))),
                        Plans.loopWait(seen));
    }

    static boolean isRewindSpent(Observation seen) {
        return seen.postgres().operation() instanceof Operation.Failed failed
                && failed.kind() == Operation.Kind.REWIND
                && failed.attempt() >= REWIND_ATTEMPTS;
    }

    /// A pause while the last failure is fresh; null when it is time to try again.
    private static @Nullable Decision afterFailure(Observation seen, RuleId rule) {
        if (!(seen.postgres().operation() instanceof Operation.Failed failed)) {
            return null;
        }
        Duration left = Plans.backOffLeft(seen, failed);
        return left.isZero()
                ? null
                : new Decision(
                        rule,
                        "the last attempt failed: " + failed.reason(),
                        Plans.alive(seen),
                        Plans.shorter(left, Plans.loopWait(seen)));
    }

    private static Decision steady(Observation seen, RuleId rule, String because) {
        return new Decision(
                rule, because, Plans.alive(seen), Plans.shorter(Plans.loopWait(seen), UNSETTLED));
    }
}
