package io.tamada.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A live Patroni cluster becomes one of Tamada and goes back, node by node, on the same files,
/// the same data and the same keys, while clients write.
class MigrationTest {

    private static final Duration BACK = Duration.ofSeconds(60);

    @RegisterExtension static final Clusters CLUSTERS = new Clusters();

    @Test
    void aPatroniClusterIsReplacedNodeByNodeAndGoesBack() {
        assumeTrue(Files.exists(AgentProgram.patroniPath()), "no patroni is installed");
        TestCluster cluster =
                CLUSTERS.planned(
                        ClusterPlan.threeNodes()
                                .withProgram(AgentProgram.patroni())
                                .withTimes(20, 1, 3)
                                .withDcs("synchronous_mode", "true"));
        cluster.start();
        TestNode leader = cluster.awaitOnePrimaryAndStreaming(3, TestCluster.BOOTSTRAP);
        cluster.awaitSynchronousStandbys("sync", 1, BACK);
        Ledger ledger =
                CLUSTERS.closing(
                        Ledger.begin(cluster, leader)
                                .withClientThrough(cluster.proxy().writePort()));
        ledger.awaitWriteAfter(Ledger.CLIENT, System.nanoTime(), "", BACK);

        leader = replaceAll(cluster, ledger, leader, AgentProgram.tamada());
        leader = replaceAll(cluster, ledger, leader, AgentProgram.patroni());

        LedgerReport report = ledger.end();
        System.out.println(report);
        System.out.printf(
                "longest time without a write: %.2f s%n", report.longestGap().toMillis() / 1e3);
        assertThat(report.missingOn(leader)).isEmpty();
        assertThat(report.servers())
                .as("one interruption for each of the two switchovers")
                .hasSize(3);
        assertThat(report.longestGap()).isLessThan(Duration.ofSeconds(cluster.plan().ttlSeconds()));
    }

    /// Each kind leads, dies, is followed by whoever is there, and comes back.
    @ParameterizedTest
    @ValueSource(strings = {"true", "quorum"})
    @EnabledIfSystemProperty(named = "tamada.faults", matches = "true")
    void inAMixedClusterEitherTakesOverFromTheOther(String mode) {
        assumeTrue(Files.exists(AgentProgram.patroniPath()), "no patroni is installed");
        boolean quorum = mode.equals("quorum");
        assumeTrue(
                !quorum || AgentProgram.patroniMajor() >= 4, "quorum commit is new in Patroni 4");
        TestCluster cluster =
                CLUSTERS.planned(
                        ClusterPlan.threeNodes()
                                .withProgram(AgentProgram.patroni())
                                .withTimes(20, 1, 3)
                                .withDcs("synchronous_mode", mode)
                                .withDcs("failsafe_mode", "true"));
        cluster.start();
        TestNode leader = cluster.awaitOnePrimaryAndStreaming(3, TestCluster.BOOTSTRAP);
        TestNode tamada = cluster.others(leader).getFirst();
        exchange(tamada, AgentProgram.tamada());
        assertThat(cluster.awaitOnePrimaryAndStreaming(3, BACK)).isSameAs(leader);
        Ledger ledger =
                CLUSTERS.closing(
                        Ledger.begin(cluster, leader)
                                .withClientThrough(cluster.proxy().writePort()));
        for (int round = 0; round < 4; round++) {
            ledger.awaitWriteAfter(Ledger.CLIENT, System.nanoTime(), "", BACK);
            cluster.awaitSynchronousStandbys(quorum ? "quorum" : "sync", 1, BACK);
            TestNode old = leader;
            long killed = System.nanoTime();
            old.killHard();
            long back = ledger.awaitWriteAfter(Ledger.CLIENT, killed, old.name(), BACK);
            old.start();
            leader = cluster.awaitOnePrimaryAndStreaming(3, BACK);
            System.out.printf(
                    "%s (%s) killed, %s (%s) leads, %.1f s without a write%n",
                    old,
                    old.program().name(),
                    leader,
                    leader.program().name(),
                    (back - killed) / 1e9);
        }
        LedgerReport report = ledger.end();
        System.out.println(report);
        assertThat(report.missingOn(leader)).isEmpty();
    }

    /// A pause that one kind is told of binds the other, and slots that the configuration names
    /// are there under whoever leads.
    @Test
    @EnabledIfSystemProperty(named = "tamada.faults", matches = "true")
    void inAMixedClusterEitherObeysAPauseAndKeepsTheSlots() {
        assumeTrue(Files.exists(AgentProgram.patroniPath()), "no patroni is installed");
        TestCluster cluster =
                CLUSTERS.planned(
                        ClusterPlan.threeNodes()
                                .withProgram(AgentProgram.patroni())
                                .withTimes(20, 1, 3)
                                .withParameter("wal_level", "logical")
                                .withParameter("hot_standby_feedback", "on"));
        cluster.start();
        TestNode patroni = cluster.awaitOnePrimaryAndStreaming(3, TestCluster.BOOTSTRAP);
        TestNode tamada = cluster.others(patroni).getFirst();
        exchange(tamada, AgentProgram.tamada());
        cluster.awaitOnePrimaryAndStreaming(3, BACK);
        cluster.patronictl(
                "edit-config",
                "--force",
                "-s",
                "slots.kept.type=physical",
                "-s",
                "slots.followed.type=logical",
                "-s",
                "slots.followed.database=postgres",
                "-s",
                "slots.followed.plugin=test_decoding");
        awaitSlots(patroni);
        awaitLogicalCopies(cluster, patroni);

        TestNode leader = pausedWhileItsLeaderDies(cluster, patroni, true);
        awaitSlots(leader);
        if (leader != tamada) {
            cluster.patronictl(
                    "switchover",
                    cluster.scope(),
                    "--candidate",
                    tamada.name(),
                    "--force",
                    "--master",
                    leader.name());
            assertThat(cluster.awaitOnePrimaryAndStreaming(3, BACK)).isSameAs(tamada);
        }
        awaitSlots(tamada);
        awaitLogicalCopies(cluster, tamada);
        leader = pausedWhileItsLeaderDies(cluster, tamada, false);
        awaitSlots(leader);
    }

    /// Nobody takes the lead in a pause, somebody does when it is over.
    private static TestNode pausedWhileItsLeaderDies(
            TestCluster cluster, TestNode leader, boolean byPatronictl) {
        say(cluster, byPatronictl, "pause", "--wait");
        leader.killHard();
        List<TestNode> others = cluster.others(leader);
        Duration ttl = Duration.ofSeconds(cluster.plan().ttlSeconds());
        Await.until(
                "the leader key to run out",
                ttl.multipliedBy(2),
                () -> !cluster.patronictl("list", "-f", "tsv").contains("Leader"),
                () -> cluster.patronictl("list"));
        Await.pause(ttl.dividedBy(2));
        for (TestNode node : others) {
            assertThat(node.rest("/patroni").body()).as(node.name()).contains("\"pause\"");
            assertThat(Sql.peek(node.postgresPort(), "SELECT pg_is_in_recovery()"))
                    .as(node.name())
                    .isEqualTo("t");
        }
        long resumed = System.nanoTime();
        say(cluster, byPatronictl, "resume");
        TestNode next = cluster.awaitPrimaryOtherThan(leader, BACK);
        System.out.printf(
                "%s (%s) died in a pause; %s (%s) leads %.1f s after its end%n",
                leader,
                leader.program().name(),
                next,
                next.program().name(),
                (System.nanoTime() - resumed) / 1e9);
        leader.start();
        assertThat(cluster.awaitOnePrimaryAndStreaming(3, BACK)).isSameAs(next);
        return next;
    }

    private static void say(
            TestCluster cluster, boolean byPatronictl, String command, String... arguments) {
        System.out.print(
                byPatronictl
                        ? cluster.patronictl(command, arguments)
                        : cluster.tamada(command, arguments));
    }

    private static void awaitSlots(TestNode leader) {
        Await.until(
                "the slots on " + leader,
                BACK,
                () -> slots(leader).contains("followed") && slots(leader).contains("kept"),
                () -> slots(leader));
    }

    /// Until a standby has one it may not lead without losing what the slot's reader has not read.
    private static void awaitLogicalCopies(TestCluster cluster, TestNode leader) {
        for (TestNode standby : cluster.others(leader)) {
            Await.until(
                    "a copy of the logical slot on " + standby,
                    BACK.multipliedBy(2),
                    () -> slots(standby).contains("followed"),
                    () -> slots(standby));
        }
    }

    private static String slots(TestNode node) {
        return Sql.peek(
                node.postgresPort(),
                "SELECT string_agg(slot_name, ',' ORDER BY slot_name) FROM pg_replication_slots");
    }

    /// The standbys first, then the leader's place is taken by one of them.
    ///
    /// @return who leads then.
    private static TestNode replaceAll(
            TestCluster cluster, Ledger ledger, TestNode leader, AgentProgram program) {
        List<TestNode> standbys = cluster.others(leader);
        for (TestNode standby : standbys) {
            replace(cluster, standby, program);
            assertThat(cluster.awaitOnePrimaryAndStreaming(3, BACK)).isSameAs(leader);
        }
        TestNode next = synchronous(cluster, standbys);
        long asked = System.nanoTime();
        System.out.println(
                cluster.patronictl(
                        "switchover",
                        cluster.scope(),
                        "--master",
                        leader.name(),
                        "--candidate",
                        next.name(),
                        "--force"));
        ledger.awaitWriteAfter(Ledger.CLIENT, asked, leader.name(), BACK);
        assertThat(cluster.awaitOnePrimaryAndStreaming(3, BACK)).isSameAs(next);
        replace(cluster, leader, program);
        assertThat(cluster.awaitOnePrimaryAndStreaming(3, BACK)).isSameAs(next);
        return next;
    }

    private static void exchange(TestNode node, AgentProgram program) {
        assertThat(node.stop(BACK)).isZero();
        node.nowRuns(program);
        node.start();
        System.out.println(node + " is now " + program.name());
    }

    private static void replace(TestCluster cluster, TestNode node, AgentProgram program) {
        exchange(node, program);
        cluster.awaitSynchronousStandbys("sync", 1, BACK);
    }

    private static TestNode synchronous(TestCluster cluster, List<TestNode> standbys) {
        cluster.awaitSynchronousStandbys("sync", 1, BACK);
        return standbys.stream()
                .filter(standby -> standby.rest("/sync").status() == 200)
                .findFirst()
                .orElseThrow();
    }
}
