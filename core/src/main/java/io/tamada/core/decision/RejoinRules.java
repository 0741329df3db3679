package io.tamada.core.decision;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.member.Member;
import io.tamada.core.postgres.ControlData;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.Upstream;
import io.tamada.core.rejoin.Climb;
import io.tamada.core.rejoin.RebuildCheck;
import io.tamada.core.rewind.RewindCheck;
import io.tamada.core.wal.Lsn;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Another member leads and our server is down: bring it back as a standby, after a rewind or as
/// a new copy where it must be.
final class RejoinRules {

    /// pg_rewind that fails so often in a row will not succeed.
    static final int REWIND_ATTEMPTS = 3;

    /// What has failed too often is tried again now and then: its cause may have been repaired.
    private static final Duration SPENT_PAUSE = Duration.ofMinutes(1);

    private RejoinRules() {}

    static Decision decide(Observation seen, LeaderSource leader, DataDirectory.Ready data) {
        ControlData control = data.control();
        if (leader.upstream() == null || leader.timeline() == null || leader.member() == null) {
            return withoutSource(seen, leader, data);
        }
        if (control.timeline().isBefore(leader.timeline())
                && leader.history().current().isBefore(leader.timeline())) {
            return StandbyRules.steady(seen, RuleId.REJOIN_AWAITS_LEADER, leader.name());
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
        if (repair && seen.outage().doubt().isLeaderStale(leader.view())) {
            // Its data may be the newest there are; running, it can be compared with the others.
            return startWithoutLeader(seen, Outage.Doubt.LEADER_IS_STALE);
        }
        if (repair) {
            return repair(seen, leader, leader.upstream(), check);
        }
        String hopeless = HeldUp.unstartable(seen);
        String whyNot =
                hopeless == null
                        ? null
                        : RebuildCheck.whyNot(
                                seen.config(),
                                seen.memory().climb(),
                                seen.postgres().headway(),
                                ownLine(data, check),
                                reached(control),
                                Climbing.leaderPosition(leader.view()));
        if (hopeless != null && whyNot == null) {
            return CopyPlan.replace(
                    seen, leader.view(), leader.member(), RuleId.RECLONE_STANDBY, hopeless);
        }
        return start(seen, leader, hopeless == null ? "" : hopeless + "; " + whyNot);
    }

    /// A directory that says it was a primary's has no line of its own only when a standby's mark
    /// is there: then it is a copy that never ran.
    private static RewindCheck ownLine(DataDirectory.Ready data, RewindCheck check) {
        return check == RewindCheck.ON_LINE && data.control().wasPrimary() && !data.standbySignal()
                ? RewindCheck.UNKNOWN
                : check;
    }

    private static Lsn reached(ControlData control) {
        return control.minRecoveryPoint() == null
                ? control.checkpoint()
                : Lsn.max(control.minRecoveryPoint(), control.checkpoint());
    }

    /// @param hopeless why it will not start and its data may not be replaced; empty when it may
    ///     start.
    private static Decision start(Observation seen, LeaderSource leader, String hopeless) {
        LeaderSource.Target target = leader.target(seen);
        Operation.Failed failed =
                seen.postgres().operation() instanceof Operation.Failed f ? f : null;
        if (failed != null
                && !hopeless.isEmpty()
                && !Plans.passed(seen, failed.at(), SPENT_PAUSE)) {
            return StandbyRules.steady(seen, RuleId.RECLONE_NOT_ALLOWED, hopeless);
        }
        boolean fails = HeldUp.startFailures(seen) >= HeldUp.START_ATTEMPTS;
        RuleId rule =
                !hopeless.isEmpty()
                        ? RuleId.RECLONE_NOT_ALLOWED
                        : fails ? RuleId.START_FAILS : RuleId.REJOIN_AS_STANDBY;
        Decision pause = afterFailure(seen, rule);
        return pause != null
                ? pause
                : new Decision(
                        rule,
                        fails && failed != null ? failed.reason() : target.name(),
                        Plans.alive(seen, SlotRules.start(seen, leader, target.upstream())),
                        Plans.loopWait(seen));
    }

    /// A leader that cannot start its server hands over only to a running standby. If all the
    /// others waited for it, down, the cluster would wait for ever.
    private static Decision withoutSource(
            Observation seen, LeaderSource leader, DataDirectory.Ready data) {
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
            return StandbyRules.steady(seen, RuleId.LEADER_NOT_READY, leader.name());
        }
        return startWithoutLeader(seen, leader.name());
    }

    private static Decision startWithoutLeader(Observation seen, String because) {
        Decision pause = afterFailure(seen, RuleId.LEADER_NOT_READY);
        return pause != null
                ? pause
                : new Decision(
                        RuleId.LEADER_NOT_READY,
                        because + "; starting as a standby meanwhile",
                        Plans.alive(seen, Plans.instance(new PostgresCommand.StartAsStandby(null))),
                        Plans.shorter(Plans.loopWait(seen), StandbyRules.UNSETTLED));
    }

    private static Decision repair(
            Observation seen, LeaderSource leader, Upstream upstream, RewindCheck check) {
        ClusterConfig.PostgresPart settings = seen.config().postgres();
        Member source = leader.member();
        if (source == null) {
            return StandbyRules.steady(seen, RuleId.LEADER_NOT_READY, leader.name());
        }
        boolean rewindSpent = isRewindSpent(seen, source);
        boolean rewindCanHelp = settings.usePgRewind() && check != RewindCheck.FORKED;
        boolean wipe =
                rewindCanHelp
                        ? rewindSpent && settings.removeDataDirectoryOnRewindFailure()
                        : settings.removeDataDirectoryOnDivergedTimelines();
        if (wipe) {
            Decision pause = rewindSpent ? null : afterFailure(seen, RuleId.RECLONE_DIVERGED);
            return pause != null
                    ? pause
                    : CopyPlan.replace(
                            seen,
                            leader.view(),
                            source,
                            RuleId.RECLONE_DIVERGED,
                            rewindSpent ? lastFailure(seen) : "");
        }
        if (!rewindCanHelp) {
            return StandbyRules.steady(
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
            return StandbyRules.steady(
                    seen,
                    RuleId.REJOIN_AWAITS_LEADER,
                    leader.name() + " has not finished its first checkpoint since promotion");
        }
        Decision spent = rewindSpent ? spent(seen) : null;
        if (spent != null) {
            return spent;
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

    /// Whether pg_rewind against this leader, on its timeline, has failed too often.
    static boolean isRewindSpent(Observation seen, Member leader) {
        Climb climb = seen.memory().climb();
        boolean fails =
                seen.postgres().operation() instanceof Operation.Failed failed
                        && failed.kind() == Operation.Kind.REWIND
                        && failed.attempt() + climb.stalls() >= REWIND_ATTEMPTS;
        return fails
                || climb.stalls() >= REWIND_ATTEMPTS
                || (climb.rewindSpentOn() != null
                        && climb.rewindSpentOn().equals(leader.timeline()));
    }

    /// Stops at the rung that has failed, and says what may be done; null when it is time to try
    /// once more.
    static @Nullable Decision spent(Observation seen) {
        boolean again =
                !(seen.postgres().operation() instanceof Operation.Failed failed)
                        || Plans.passed(seen, failed.at(), SPENT_PAUSE);
        return again
                ? null
                : StandbyRules.steady(
                        seen,
                        RuleId.REWIND_SPENT,
                        lastFailure(seen)
                                + "; it is tried again every minute. Set remove_data_directory_on_rewind_failure, or move"
                                + " the data directory away by hand (mv DATA_DIR DATA_DIR.old), to"
                                + " have it cloned anew");
    }

    private static String lastFailure(Observation seen) {
        return seen.postgres().operation() instanceof Operation.Failed failed
                ? failed.reason()
                : "it does not get on";
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
}
