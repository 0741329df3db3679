package io.tamada.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What an operator gets wrong: each ends with an exit code and one clear text, and takes
/// nothing.
class BadInputTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int BAD_CONFIGURATION = 2;
    private static final ClusterPlan ONE_NODE = ClusterPlan.threeNodes().withNodes(1);

    @RegisterExtension static final Clusters CLUSTERS = new Clusters();

    @Test
    void aMissingFileIsNamed() {
        TestCluster cluster = CLUSTERS.planned(ONE_NODE);
        Path absent = cluster.directory().resolve("absent.yml");
        AgentProgram program = ONE_NODE.program();

        Launched agent =
                Launched.start(
                        program.user(),
                        cluster.directory(),
                        cluster.directory().resolve("absent.log"),
                        Map.of(),
                        Launched.line(program.line(), absent.toString()));

        assertRefused(agent, BAD_CONFIGURATION, absent.toString());
    }

    @Test
    void aTabInTheYamlIsNamedWithItsLine() {
        TestNode node = CLUSTERS.planned(ONE_NODE).node("node1");
        node.editConfig(
                text -> text.replace("  listen: 127.0.0.1:" + node.restPort(), "\tlisten: x"));

        assertRefused(node.start(), BAD_CONFIGURATION, node.configFile() + ":4: ", "tab");
    }

    @Test
    void aValueOfTheWrongTypeIsNamedWithItsKey() {
        TestNode node = CLUSTERS.planned(ONE_NODE).node("node1");
        node.editConfig(text -> text.replace("loop_wait: 1", "loop_wait: soon"));

        assertRefused(
                node.start(),
                BAD_CONFIGURATION,
                node.configFile().toString(),
                "bootstrap.dcs.loop_wait",
                "soon");
        assertThat(node.dataDirectory()).doesNotExist();
    }

    @Test
    void missingServerProgramsAreNamed() {
        TestNode node = CLUSTERS.planned(ONE_NODE).node("node1");
        node.editConfig(
                text -> text.replace("/usr/lib/postgresql/15/bin", "/usr/lib/postgresql/none"));

        assertRefused(
                node.start(), BAD_CONFIGURATION, "postgresql.bin_dir", "/usr/lib/postgresql/none");
    }

    @Test
    void aRestPortInUseIsNamed() throws IOException {
        TestCluster cluster = CLUSTERS.planned(ONE_NODE);
        TestNode node = cluster.node("node1");
        cluster.startEtcd();
        try (ServerSocket _ =
                new ServerSocket(node.restPort(), 1, InetAddress.getLoopbackAddress())) {
            assertRefused(node.start(), 1, "restapi.listen", Integer.toString(node.restPort()));
        }
        assertThat(cluster.etcd().prefix(cluster.key(""))).isEmpty();
    }

    @Test
    void aPostgresPortInUseIsNamedAndTakenWhenItIsFree() throws IOException {
        TestCluster cluster = CLUSTERS.planned(ONE_NODE);
        TestNode node = cluster.node("node1");
        cluster.startEtcd();
        try (ServerSocket _ =
                new ServerSocket(node.postgresPort(), 1, InetAddress.getLoopbackAddress())) {
            Launched agent = node.start();
            awaitText(agent, "port " + node.postgresPort(), "in use");
            assertThat(node.rest("/primary").status()).isNotEqualTo(200);
        }

        cluster.awaitOnePrimaryAndStreaming(1, SOON);
    }

    @Test
    void aDirectoryWithOtherFilesIsRefusedAndKept() throws IOException {
        TestCluster cluster = CLUSTERS.planned(ONE_NODE);
        TestNode node = cluster.node("node1");
        Path treasure = node.dataDirectory().resolve("holiday.jpg");
        Files.createDirectory(node.dataDirectory());
        Files.writeString(treasure, "sun");
        Launched.giveToPostgres(node.dataDirectory());
        Launched.giveToPostgres(treasure);
        cluster.startEtcd();

        assertRefused(node.start(), 1, node.dataDirectory().toString());

        assertThat(treasure).hasContent("sun");
        assertThat(cluster.etcd().value(cluster.key("initialize"))).isEmpty();
    }

    @Test
    void aDirectoryOfAnotherUserIsRefusedAndKept() throws Exception {
        TestCluster cluster = CLUSTERS.planned(ONE_NODE);
        TestNode node = cluster.node("node1");
        Standalone.createAndStart(node);
        Standalone.stop(node);
        cluster.startEtcd();
        Launched.run(
                Launched.As.CALLER,
                cluster.directory(),
                SOON,
                java.util.List.of("chown", "daemon", node.dataDirectory().toString()));

        Launched agent =
                Launched.start(
                        Launched.As.POSTGRES,
                        node.directory(),
                        node.directory().resolve("agent.log"),
                        Map.of(),
                        Launched.line(ONE_NODE.program().line(), node.configFile().toString()));

        assertThat(agent.exitWithin(SOON)).isIn(1, BAD_CONFIGURATION);
        assertThat(agent.output()).contains(node.dataDirectory().toString(), "daemon");
        assertThat(agent.output()).doesNotContain("\tat ");
        assertThat(node.dataDirectory().resolve("PG_VERSION")).exists();
        assertThat(cluster.etcd().value(cluster.key("initialize"))).isEmpty();
    }

    @Test
    void anUnreachableEtcdIsWaitedForAndSaidOnce() {
        TestCluster cluster = CLUSTERS.planned(ONE_NODE);
        TestNode node = cluster.node("node1");
        String etcdHost = cluster.etcd().hosts().getFirst();

        Launched agent = node.start();
        awaitText(agent, "waiting for the store", etcdHost);
        // Several turns of the loop.
        Await.pause(Duration.ofSeconds(5));
        assertThat(agent.isAlive()).isTrue();
        assertThat(node.rest("/liveness").status()).isNotZero();
        // The wait for the store, and the watch that could not be set up.
        long said = agent.output().lines().filter(line -> line.contains(etcdHost)).count();
        assertThat(said).as(agent.output()).isLessThanOrEqualTo(2);
        cluster.startEtcd();

        cluster.awaitOnePrimaryAndStreaming(1, SOON);
    }

    @Test
    void aWrongReplicationPasswordNamesTheRole() {
        TestCluster cluster = CLUSTERS.planned(ClusterPlan.threeNodes().withNodes(2));
        cluster.startEtcd();
        cluster.node("node1").start();
        cluster.awaitOnePrimaryAndStreaming(1, TestCluster.BOOTSTRAP);
        TestNode standby = cluster.node("node2");
        standby.editConfig(
                text ->
                        text.replace(
                                "replicator, password: rep-secret",
                                "replicator, password: wrong-one"));

        Launched agent = standby.start();
        awaitText(agent, "replicator", "password");

        assertThat(agent.output()).doesNotContain("wrong-one").doesNotContain(Sql.PASSWORD);
        cluster.awaitOnePrimaryAndStreaming(1, SOON);
    }

    @Test
    void aNameOfALiveMemberIsRefused() {
        TestCluster cluster = CLUSTERS.planned(ONE_NODE).start();
        TestNode first = cluster.awaitOnePrimaryAndStreaming(1, TestCluster.BOOTSTRAP);
        String member = cluster.etcd().value(cluster.key("members/node1"));
        TestNode twin = cluster.addNode("node1", "twin", cluster.scope());

        assertRefused(twin.start(), 1, "node1", Integer.toString(first.restPort()));

        assertThat(twin.dataDirectory().resolve("PG_VERSION")).doesNotExist();
        assertThat(first.rest("/primary").status()).isEqualTo(200);
        assertThat(cluster.etcd().value(cluster.key("members/node1")))
                .contains(":" + first.restPort() + "/")
                .startsWith(member.substring(0, 20));
    }

    private static void assertRefused(Launched agent, int code, String... texts) {
        int found = agent.exitWithin(SOON);
        assertThat(agent.output()).contains(texts);
        assertThat(agent.output())
                .as("a stack trace is no answer to a user's mistake")
                .doesNotContain("\tat ");
        assertThat(found).as(agent.output()).isEqualTo(code);
    }

    private static void awaitText(Launched agent, String... texts) {
        for (String text : texts) {
            Await.until(
                    "the agent to say " + text,
                    SOON,
                    () -> agent.output().contains(text),
                    () -> agent.tail(10));
        }
    }
}
