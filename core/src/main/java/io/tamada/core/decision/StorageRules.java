package io.tamada.core.decision;

import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.StopMode;
import io.tamada.core.postgres.Storage;
import io.tamada.core.time.Monotonic;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The leader's own storage fails. A slow disk is no reason to change the leader, a dead one is:
/// what lies between is `storage_timeout`. Without anybody to take over, a primary that can only be
/// read is better than none.
///
/// From the decision to stop until the server is known to be down the lease is not renewed: the
/// processes of a hung disk cannot be ended, and then the lease runs out as that of a dead node
/// does. What they had in hand they cannot finish, because SIGKILL is the first thing they meet
/// when the disk comes back.
final class StorageRules {

    /// Trouble counts from when this agent has looked at it for so long: after a pause of the
    /// whole machine every write that was under way looks late at first.
    private static final Duration CONFIRMATION = Duration.ofSeconds(2);

    private StorageRules() {}

    /// What a leader does about its storage; null when that is no reason to give up the lead.
    static @Nullable Decision decide(Observation seen, ClusterView view) {
        String trouble = seen.postgres().storage().whyNoPrimary();
        if (trouble == null
                || !(isReason(seen) || hasFailedToStart(seen))
                || !canHandOver(seen, view)) {
            return null;
        }
        boolean busy = seen.postgres().operation() instanceof Operation.Running;
        if (!seen.postgres().mayBePrimary() && !busy) {
            return new Decision(
                    RuleId.LEADER_STORAGE_HANDS_OVER,
                    trouble,
                    List.of(new Action.ReleaseLease(trouble)),
                    Plans.AT_ONCE);
        }
        boolean stopping =
                seen.postgres().operation() instanceof Operation.Running(Operation.Kind kind, _, _)
                        && kind == Operation.Kind.STOP;
        return new Decision(
                stopping ? RuleId.LEADER_STORAGE_STOP_HANGS : RuleId.LEADER_STORAGE_FAILS,
                trouble,
                List.of(Plans.instance(new PostgresCommand.Stop(StopMode.IMMEDIATE))),
                Plans.SOON);
    }

    /// The trouble that a leader only reports, because nobody can take over; null when there is
    /// none.
    static @Nullable String borne(Observation seen) {
        return isReason(seen) ? seen.postgres().storage().trouble() : null;
    }

    /// How soon to look again: trouble becomes a reason by the passing of time alone.
    static Decision watchful(Observation seen, Decision decision) {
        return seen.postgres().storage().trouble() == null || isReason(seen)
                ? decision
                : new Decision(
                        decision.rule(),
                        decision.because(),
                        decision.plan(),
                        Plans.shorter(decision.nextTick(), CONFIRMATION));
    }

    private static boolean hasFailedToStart(Observation seen) {
        return !seen.config().storageTimeout().isZero()
                && seen.postgres().isDown()
                && seen.postgres().operation() instanceof Operation.Failed(var kind, _, _, _)
                && (kind == Operation.Kind.START_AS_PRIMARY
                        || kind == Operation.Kind.START_AS_STANDBY);
    }

    private static boolean isReason(Observation seen) {
        Storage storage = seen.postgres().storage();
        Monotonic since = storage.troubledSince();
        Monotonic seenAt = seen.memory().storageTroubleSeenAt();
        Duration timeout = seen.config().storageTimeout();
        if (since == null || seenAt == null || timeout.isZero()) {
            return false;
        }
        // A server that has ended on a storage that refuses writes is no false alarm.
        boolean endedOfIt = seen.postgres().isDown() && storage.refusesWrites();
        return Plans.passed(seen, seenAt, CONFIRMATION)
                && (endedOfIt || Plans.passed(seen, since, timeout));
    }

    private static boolean canHandOver(Observation seen, ClusterView view) {
        return view.initialization() instanceof Initialization.Done
                && LeaseHolderRules.canAnyoneTakeOver(seen, view);
    }
}
