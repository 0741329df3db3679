package io.tamada.chaos.faults;

import static io.tamada.chaos.faults.Expectation.Leader.CHANGES;
import static io.tamada.chaos.faults.Expectation.Leader.EITHER;
import static io.tamada.chaos.faults.Expectation.Leader.STAYS;

import io.tamada.chaos.cluster.ClusterPlan;
import io.tamada.chaos.faults.NetworkFaults.Direction;
import io.tamada.chaos.faults.Row.Family;
import io.tamada.chaos.faults.Row.Need;
import io.tamada.chaos.faults.Row.Preparation;
import io.tamada.chaos.faults.Row.Variant;
import java.time.Duration;
import java.util.List;

/// The table of faults.
final class Rows {

    /// The one exception to the rule of the single writer: guard and server were frozen together
    /// (docs/adr/0007).
    private static final Duration AFTER_THAW = Duration.ofMillis(100);

    /// Values of `synchronous_mode`, as in YAML.
    static final String SYNCHRONOUS = "'on'";

    static final String QUORUM = "'quorum'";

    private Rows() {}

    static List<Row> all() {
        return List.of(
                agentStopped("agent-stop-half", 0.5, EITHER_LEADS),
                agentStopped("agent-stop-one", 1, EITHER_LEADS),
                agentStopped(),
                agentKilled(),
                agentRestarted(),
                postmasterStopped(),
                backendStopped(),
                frozen(),
                cut("cut-to-etcd", Direction.TO_ETCD),
                cut("cut-from-etcd", Direction.FROM_ETCD),
                cut("cut-both-ways", Direction.BOTH),
                nodeKilled(),
                etcdMinority(),
                etcdMajority(),
                etcdLeaders(),
                etcdSlow(),
                etcdWiped("etcd-wiped-soon", "all of etcd gone, empty at once", 0.1),
                etcdWiped("etcd-wiped-late", "all of etcd gone, empty after 1.5 ttl", 1.5),
                failsafe(),
                synchronous("sync-node-kill", SYNCHRONOUS),
                synchronous("quorum-node-kill", QUORUM),
                synchronousFrozen(),
                diskFull(),
                diskFullButForWal(),
                diskHangs(),
                notRewindable(),
                wrongRewindPassword(),
                standbysWalGone());
    }

    private static final Expectation OTHER_LEADS = Expectation.of(CHANGES);
    private static final Expectation EITHER_LEADS = Expectation.of(EITHER);
    private static final Expectation SAME_LEADS = Expectation.of(STAYS);

    /// Long enough for a takeover.
    static Row agentStopped() {
        return agentStopped("agent-stop-two", 2, OTHER_LEADS);
    }

    private static Row agentStopped(String name, double ttls, Expectation expectation) {
        return Row.fencing(
                name,
                "the primary's agent SIGSTOPped for %s ttl, then CONT".formatted(ttls),
                expectation,
                new Variant("plain", AgentFaults.stop(ttls)),
                new Variant(
                        "postmaster-stopped",
                        AgentFaults.withPostmasterStopped(AgentFaults.stop(ttls))),
                new Variant(
                        "postmaster-killed",
                        AgentFaults.withPostmasterKilled(AgentFaults.stop(ttls))));
    }

    static Row agentKilled() {
        return Row.fencing(
                "agent-kill",
                "the primary's agent SIGKILLed, not restarted before somebody else leads",
                OTHER_LEADS,
                new Variant("plain", AgentFaults.killed()),
                new Variant(
                        "postmaster-stopped",
                        AgentFaults.withPostmasterStopped(AgentFaults.killed())),
                new Variant(
                        "postmaster-killed",
                        AgentFaults.withPostmasterKilled(AgentFaults.killed())));
    }

    private static Row agentRestarted() {
        return Row.fencing(
                "agent-kill-restart",
                "the primary's agent SIGKILLed and started again after 0.05 or 0.6 ttl",
                EITHER_LEADS,
                new Variant("at-once", AgentFaults.killedAndStarted(0.05)),
                new Variant("late", AgentFaults.killedAndStarted(0.6)),
                new Variant(
                        "postmaster-stopped",
                        AgentFaults.withPostmasterStopped(AgentFaults.killedAndStarted(0.05))));
    }

    static Row postmasterStopped() {
        return Row.fencing(
                "postmaster-stop",
                "the primary's postmaster SIGSTOPped for 2 ttl, then CONT",
                EITHER_LEADS,
                new Variant("plain", AgentFaults.postmasterStopped(2)));
    }

    private static Row backendStopped() {
        return Row.fencing(
                "backend-stop",
                "one backend SIGSTOPped for 2 ttl; and a shutdown of the agent meanwhile",
                EITHER_LEADS,
                new Variant("plain", AgentFaults.backendStopped(2)),
                new Variant("hand-over", AgentFaults.backendStoppedInHandOver()));
    }

    private static Row frozen() {
        return Row.fencing(
                        "node-freeze",
                        "every process of the primary's node frozen for 2 ttl, then thawed",
                        OTHER_LEADS.allowingAfterThaw(AFTER_THAW),
                        new Variant("plain", AgentFaults.frozen(2)),
                        new Variant(
                                "postmaster-stopped",
                                AgentFaults.withPostmasterStopped(AgentFaults.frozen(2))))
                .needing(Need.FREEZER);
    }

    private static Row cut(String name, Direction direction) {
        String meaning =
                switch (direction) {
                    case TO_ETCD -> "packets from the primary's node to etcd lost";
                    case FROM_ETCD -> "packets from etcd to the primary's node lost";
                    case BOTH -> "packets between the primary's node and etcd lost both ways";
                };
        return Row.fencing(
                        name,
                        meaning + " for 2.5 ttl",
                        OTHER_LEADS,
                        new Variant("plain", EtcdFaults.cut(direction, 2.5)),
                        new Variant(
                                "postmaster-stopped",
                                AgentFaults.withPostmasterStopped(EtcdFaults.cut(direction, 2.5))))
                .needing(Need.NETWORK_FAULTS);
    }

    private static Row nodeKilled() {
        return Row.other(
                        "node-kill",
                        "the primary's node killed under load, asynchronous replication",
                        OTHER_LEADS,
                        AgentFaults.primaryNodeKilled())
                .withBusyClients();
    }

    private static Row etcdMinority() {
        return Row.other(
                        "etcd-minority",
                        "one of three etcd members killed for 2 ttl",
                        SAME_LEADS.losingNothing().withoutFailedWrite(),
                        EtcdFaults.membersKilled(1, 2))
                .on(Rows::threeEtcds);
    }

    private static Row etcdMajority() {
        return Row.other(
                        "etcd-majority",
                        "two of three etcd members killed for 2 ttl",
                        EITHER_LEADS,
                        EtcdFaults.membersKilled(2, 2))
                .on(Rows::threeEtcds)
                .withBusyClients();
    }

    private static Row etcdLeaders() {
        return Row.other(
                        "etcd-leader-kill",
                        "whoever leads etcd killed every 6 s, four times",
                        SAME_LEADS.losingNothing().withoutFailedWrite(),
                        EtcdFaults.leaderKilledAgainAndAgain())
                .on(Rows::threeEtcds);
    }

    private static Row etcdSlow() {
        return Row.other(
                        "etcd-slow",
                        "packets between the primary's node and etcd 150 ms late each way for 3 ttl",
                        SAME_LEADS.losingNothing().withoutFailedWrite(),
                        EtcdFaults.slow(Duration.ofMillis(150), 3))
                .needing(Need.NETWORK_FAULTS);
    }

    private static Row etcdWiped(String name, String meaning, double ttls) {
        return Row.other(name, meaning, EITHER_LEADS, EtcdFaults.wiped(ttls))
                .withBusyClients()
                .needing(Need.STORE_WIPED);
    }

    private static Row failsafe() {
        return Row.other(
                        "failsafe-outage",
                        "all of etcd down for 3 ttl, failsafe_mode",
                        SAME_LEADS.losingNothing().withoutFailedWrite(),
                        EtcdFaults.down(3))
                .on(plan -> plan.withDcs("failsafe_mode", "true"));
    }

    private static Row synchronous(String name, String mode) {
        return Row.other(
                        name,
                        "a random node killed under load, synchronous_mode "
                                + mode.replace("'", ""),
                        EITHER_LEADS.losingNothing(),
                        AgentFaults.someNodeKilled())
                .of(Family.SYNCHRONOUS)
                .on(plan -> plan.withDcs("synchronous_mode", mode));
    }

    private static Row synchronousFrozen() {
        return Row.fencing(
                        "sync-node-freeze",
                        "like node-freeze, synchronous_mode on: nothing after the thaw",
                        OTHER_LEADS.losingNothing(),
                        new Variant("plain", AgentFaults.frozen(2)))
                .of(Family.OTHER)
                .on(plan -> plan.withDcs("synchronous_mode", SYNCHRONOUS))
                .needing(Need.FREEZER);
    }

    private static Row diskFull() {
        return Row.other(
                        "disk-full",
                        "not a byte left for the primary's data and WAL",
                        OTHER_LEADS,
                        SmallDisks.full())
                .prepared(Preparation.SMALL_DISKS)
                .needing(Need.LOOP_DEVICE);
    }

    private static Row diskFullButForWal() {
        return Row.other(
                        "disk-full-data",
                        "not a byte left for the primary's data; its WAL has segments in reserve",
                        OTHER_LEADS,
                        SmallDisks.fullButForWal())
                .on(plan -> plan.withDcs("tamada", "{storage_timeout: 5}"))
                .prepared(Preparation.SMALL_DISKS)
                .needing(Need.LOOP_DEVICE);
    }

    private static Row diskHangs() {
        return Row.other(
                        "disk-hang",
                        "every write to the primary's disk hangs, its processes with it",
                        OTHER_LEADS,
                        SmallDisks.hanging())
                .on(plan -> plan.withDcs("tamada", "{storage_timeout: 5}"))
                .prepared(Preparation.SMALL_DISKS)
                .needing(Need.LOOP_DEVICE);
    }

    private static Row notRewindable() {
        return Row.other(
                        "rewind-impossible",
                        "the former primary lacks the WAL that pg_rewind needs",
                        OTHER_LEADS.losingWhatWasHeldBack(),
                        RejoinFaults.notRewindable())
                .on(Rows::mayCloneAgain)
                .needing(Need.REJOIN);
    }

    private static Row wrongRewindPassword() {
        return Row.other(
                        "rewind-wrong-password",
                        "the former primary has a wrong password for pg_rewind",
                        OTHER_LEADS.losingWhatWasHeldBack(),
                        RejoinFaults.wrongRewindPassword())
                .on(Rows::mayCloneAgain)
                .needing(Need.REJOIN);
    }

    private static Row standbysWalGone() {
        return Row.other(
                        "standby-wal-gone",
                        "a standby away until its slot's WAL is gone",
                        SAME_LEADS.losingNothing().withoutFailedWrite(),
                        RejoinFaults.standbysWalGone())
                .on(
                        plan ->
                                plan.withParameter("max_slot_wal_keep_size", "32MB")
                                        .withParameter("wal_keep_size", "0"))
                .needing(Need.REJOIN);
    }

    /// The lag is the fault's own making and must not hold the failover up.
    private static ClusterPlan mayCloneAgain(ClusterPlan plan) {
        return plan.withDcs("maximum_lag_on_failover", "1073741824")
                .withLocal("remove_data_directory_on_rewind_failure", "true");
    }

    private static ClusterPlan threeEtcds(ClusterPlan plan) {
        return plan.withEtcdMembers(3);
    }
}
