package io.tamada.core.decision;

import io.tamada.core.cluster.ClusterRecord;
import io.tamada.core.lease.LeaderLease;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.StopMode;
import io.tamada.core.postgres.Upstream;
import io.tamada.core.time.Monotonic;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The store does not answer. A silent store is no reason to stop anything while the lease is
/// good, and the passing of the deadline is reason enough, whoever is to blame.
final class StoreRules {

    private StoreRules() {}

    static Decision decide(Observation seen) {
        String because = seen.storeFailure() == null ? "" : seen.storeFailure();
        if (seen.config().pause() && mayStayPaused(seen)) {
            return new Decision(RuleId.PAUSED_MEMBER, because, List.of(), Plans.SOON);
        }
        return switch (seen.lease()) {
            case LeaderLease.Unconfirmed(Monotonic mayWriteUntil) ->
                    unconfirmed(seen, mayWriteUntil, because);
            case LeaderLease.Held _,
                    LeaderLease.FormerLife _,
                    LeaderLease.HeldByOther _,
                    LeaderLease.Vacant _,
                    LeaderLease.Unknown _ ->
                    withoutLease(seen, because);
        };
    }

    private static Decision unconfirmed(Observation seen, Monotonic mayWriteUntil, String because) {
        Monotonic demoteBy = seen.timing().demoteBy(mayWriteUntil);
        String refusal = seen.outage().refusal();
        if (seen.postgres().mayBePrimary() && seen.now().isAtOrAfter(demoteBy)) {
            return new Decision(
                    RuleId.STORE_SILENT_DEADLINE_REACHED,
                    refusal == null ? because : because + "; without consent: " + refusal,
                    List.of(Plans.instance(new PostgresCommand.Stop(StopMode.FAST))),
                    Plans.SOON);
        }
        if (seen.postgres().isDown() && seen.now().isAtOrAfter(demoteBy)) {
            // What is left of the lease is of no use to a server that was stopped on account of it;
            // readers need not wait for its end.
            return withoutLease(seen, because);
        }
        if (FailsafePlans.isPossible(seen)) {
            return failsafe(seen);
        }
        return new Decision(RuleId.STORE_SILENT_LEASE_GOOD, because, List.of(), Plans.SOON);
    }

    /// The others are asked while the lease is still good, so that a round that fails leaves time
    /// for another; who is still without their consent at the deadline goes down.
    private static Decision failsafe(Observation seen) {
        Action round = FailsafePlans.round(seen);
        String refusal = seen.outage().refusal();
        if (round == null && refusal == null && seen.outage().keptUntil() != null) {
            return new Decision(
                    RuleId.FAILSAFE_KEEPS, "", FailsafePlans.slotsMoved(seen), Plans.SOON);
        }
        List<Action> plan = new ArrayList<>();
        if (round != null) {
            plan.add(round);
        }
        plan.addAll(FailsafePlans.slotsMoved(seen));
        return new Decision(RuleId.FAILSAFE_ASKS, refusal == null ? "" : refusal, plan, Plans.SOON);
    }

    private static Decision withoutLease(Observation seen, String because) {
        Memory memory = seen.memory();
        if (seen.postgres().mayBePrimary()) {
            // An adopted primary, whose lease may be good still: it gets one round of retries.
            boolean grace =
                    !memory.everRead()
                            && !Plans.passed(
                                    seen, memory.startedAt(), seen.timing().retryTimeout());
            // Who has read the store before knows that the time is up: somebody else may lead.
            StopMode mode = memory.everRead() ? StopMode.IMMEDIATE : StopMode.FAST;
            return grace
                    ? new Decision(RuleId.STORE_AWAITED_AT_START, because, List.of(), Plans.SOON)
                    : new Decision(
                            RuleId.STORE_SILENT_PRIMARY_WITHOUT_LEASE,
                            because,
                            List.of(Plans.instance(new PostgresCommand.Stop(mode))),
                            Plans.SOON);
        }
        if (!memory.everRead()) {
            if (!knowsCluster(seen)
                    || !Plans.passed(seen, memory.startedAt(), seen.timing().retryTimeout())) {
                return new Decision(RuleId.STORE_AWAITED_AT_START, because, List.of(), Plans.SOON);
            }
            because += "; the configuration is the one that it had last";
        }
        boolean startable =
                seen.postgres().isDown()
                        && seen.postgres().directory() instanceof DataDirectory.Ready ready
                        && isOfCluster(seen, ready)
                        && switch (seen.postgres().operation()) {
                            case Operation.Running _ -> false;
                            case Operation.Failed failed ->
                                    Plans.backOffLeft(seen, failed).isZero();
                            case Operation.None _, Operation.Succeeded _ -> true;
                        };
        if (startable) {
            return new Decision(
                    RuleId.STORE_SILENT_START_READ_ONLY,
                    because,
                    List.of(Plans.instance(new PostgresCommand.StartAsStandby(lastLeader(seen)))),
                    Plans.SOON);
        }
        return new Decision(
                RuleId.STORE_SILENT_STANDBY_GOES_ON,
                because,
                seen.outage().promise() == null ? List.of() : FailsafePlans.slotsMoved(seen),
                Plans.SOON);
    }

    /// Whoever has just begun knows of a pause only what the store said to an earlier life: reason
    /// enough to start nothing. A primary is left running by it only where nobody else was ever
    /// seen to lead since.
    private static boolean mayStayPaused(Observation seen) {
        ClusterRecord record = seen.outage().record();
        return seen.memory().everRead()
                || !seen.postgres().mayBePrimary()
                || (record != null && seen.self().name().equals(record.leader()));
    }

    /// Whether an agent that has never heard the store can tell what the data here belong to, and
    /// how a server of that cluster is configured.
    private static boolean knowsCluster(Observation seen) {
        ClusterRecord record = seen.outage().record();
        return record != null
                && seen.postgres().directory() instanceof DataDirectory.Ready ready
                && record.knows(ready.control().system());
    }

    /// Whoever led when there last was word of a leader may go on, by the consent of all: its
    /// standbys had better stream. If it does not, readers get what is on the disk.
    private static @Nullable Upstream lastLeader(Observation seen) {
        ClusterRecord record = seen.outage().record();
        return record == null
                        || record.leaderConnUrl() == null
                        || seen.self().name().equals(record.leader())
                        || seen.self().tags().noStream()
                ? null
                : Upstream.ofConnUrl(record.leaderConnUrl());
    }

    /// What initdb has made belongs to no cluster before the `initialize` key says so, and that
    /// may never happen: another member may begin while the store is away.
    private static boolean isOfCluster(Observation seen, DataDirectory.Ready data) {
        ClusterRecord record = seen.outage().record();
        return record != null && data.control().system().equals(record.system());
    }
}
