package io.tamada.core.decision;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.member.Member;
import io.tamada.core.postgres.ControlData;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.Upstream;
import io.tamada.core.rewind.RewindCheck;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Another member leads and our server is down: bring it back as a standby, after a rewind or as
/// a new copy where it must be.
final class RejoinRules {

    /// pg_rewind that fails so often in a row will not succeed.
    private static final int REWIND_ATTEMPTS = 3;

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
        if (repair) {
            return repair(seen, leader, leader.upstream(), check);
        }
        Decision pause = afterFailure(seen, RuleId.REJOIN_AS_STANDBY);
        LeaderSource.Target target = leader.target(seen);
        return pause != null
                ? pause
                : new Decision(
                        RuleId.REJOIN_AS_STANDBY,
                        target.name(),
                        Plans.alive(
                                seen,
                                Plans.instance(
                                        new PostgresCommand.StartAsStandby(target.upstream()))),
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
        Decision pause = afterFailure(seen, RuleId.LEADER_NOT_READY);
        return pause != null
                ? pause
                : new Decision(
                        RuleId.LEADER_NOT_READY,
                        leader.name() + "; starting as a standby meanwhile",
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
                                                    source.name(),
                                                    upstream,
                                                    leader.target(seen).upstream()))),
                            Plans.loopWait(seen));
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
}
