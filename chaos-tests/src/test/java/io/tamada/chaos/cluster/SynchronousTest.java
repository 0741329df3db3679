package io.tamada.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// `synchronous_mode` on real servers: whatever was acknowledged is there afterwards.
class SynchronousTest {

    private static final Duration BACK = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();

    @RegisterExtension static final Clusters CLUSTERS = new Clusters();

    /// The cluster of all tests, with this mode, settled.
    private static TestCluster cluster(String mode, boolean strict) {
        TestCluster cluster =
                CLUSTERS.whole(ClusterPlan.threeNodes().withDcs("synchronous_mode", "'on'"));
        try {
            String key = cluster.key("config");
            ObjectNode config = (ObjectNode) JSON.readTree(cluster.etcd().value(key));
            config.put("synchronous_mode", mode).put("synchronous_mode_strict", strict);
            cluster.etcd().put(key, JSON.writeValueAsString(config));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return cluster;
    }

    /// Who may take over, by the store.
    private static List<String> listed(TestCluster cluster) {
        List<String> names = new ArrayList<>();
        String standbys = sync(cluster).path("sync_standby").asText("");
        for (String name : standbys.split(",", -1)) {
            if (!name.isEmpty() && !name.equals("null")) {
                names.add(name);
            }
        }
        return names;
    }

    private static JsonNode sync(TestCluster cluster) {
        try {
            String value = cluster.etcd().value(cluster.key("sync"));
            return JSON.readTree(value.isEmpty() ? "{}" : value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void awaitListed(TestCluster cluster, TestNode leader, int count) {
        Await.until(
                count + " listed standbys of " + leader,
                BACK,
                () ->
                        sync(cluster).path("leader").asText("").equals(leader.name())
                                && listed(cluster).size() == count,
                () -> sync(cluster).toString());
    }

    private static void awaitNames(TestNode primary, String names) {
        Await.until(
                "synchronous_standby_names " + names,
                BACK,
                () -> show(primary).equals(names),
                () -> show(primary));
    }

    private static String show(TestNode node) {
        return Sql.peek(node.postgresPort(), "SHOW synchronous_standby_names");
    }

    @Test
    void theStandbyThatCommitsWaitForIsRecordedAndShown() {
        TestCluster cluster = cluster("on", false);
        TestNode primary = cluster.awaitOnePrimaryAndStreaming(3, BACK);
        awaitListed(cluster, primary, 1);
        TestNode standby = cluster.node(listed(cluster).getFirst());
        awaitNames(primary, "\"" + standby.name() + "\"");
        TestNode other =
                cluster.others(primary).stream()
                        .filter(n -> n != standby)
                        .findFirst()
                        .orElseThrow();
        Await.until(
                "/sync of " + standby,
                BACK,
                () -> standby.rest("/sync").status() == 200,
                () -> standby.rest("/sync").toString());
        assertThat(other.rest("/sync").status()).isEqualTo(503);
        assertThat(other.rest("/async").status()).isEqualTo(200);
        awaitShown(primary, "sync_standby");
        assertThat(cluster.patronictl("list")).contains("Sync Standby");
    }

    @Test
    void whenThePrimarysNodeDiesUnderLoadNoAcknowledgedRowIsLost() {
        TestCluster cluster = cluster("on", false);
        TestNode old = cluster.awaitOnePrimaryAndStreaming(3, BACK);
        awaitListed(cluster, old, 1);
        TestNode standby = cluster.node(listed(cluster).getFirst());
        TestNode next = killUnderLoad(cluster, old);
        assertThat(next).isSameAs(standby);
    }

    @Test
    void whenThePrimarysNodeDiesUnderAQuorumNoAcknowledgedRowIsLost() {
        TestCluster cluster = cluster("quorum", false);
        TestNode old = cluster.awaitOnePrimaryAndStreaming(3, BACK);
        awaitListed(cluster, old, 2);
        awaitNames(
                old,
                "ANY 1 (\"%s\",\"%s\")"
                        .formatted(
                                cluster.others(old).getFirst().name(),
                                cluster.others(old).getLast().name()));
        assertThat(sync(cluster).path("quorum").asInt()).isEqualTo(1);
        awaitShown(old, "quorum_standby");
        killUnderLoad(cluster, old);
    }

    /// The role that `/cluster` tells. A patronictl of before Patroni 4 knows no quorum.
    private static void awaitShown(TestNode primary, String role) {
        Await.until(
                role + " in /cluster",
                BACK,
                () -> primary.rest("/cluster").json().path("members").toString().contains(role),
                () -> primary.rest("/cluster").toString());
    }

    private static TestNode killUnderLoad(TestCluster cluster, TestNode old) {
        Ledger ledger = CLUSTERS.closing(Ledger.begin(cluster, old));
        ledger.awaitAnyWriteAfter(System.nanoTime(), BACK);
        Await.pause(Duration.ofSeconds(1));
        long killed = System.nanoTime();
        old.killHard();
        TestNode next = cluster.awaitPrimaryOtherThan(old, BACK);
        long back = ledger.awaitWriteAfter(next.name(), killed, old.name(), BACK);
        System.out.printf("node SIGKILL to writable: %.2f s%n", (back - killed) / 1e9);
        old.start();
        assertThat(cluster.awaitOnePrimaryAndStreaming(3, BACK)).isSameAs(next);
        LedgerReport report = ledger.end();
        System.out.println(report);
        assertThat(report.servers()).containsExactly(old.name(), next.name());
        assertThat(report.missingOn(next)).isEmpty();
        return next;
    }

    @Test
    void aSynchronousStandbyThatIsLostIsReplaced() {
        TestCluster cluster = cluster("on", false);
        TestNode primary = cluster.awaitOnePrimaryAndStreaming(3, BACK);
        awaitListed(cluster, primary, 1);
        TestNode lost = cluster.node(listed(cluster).getFirst());
        Ledger ledger = CLUSTERS.closing(Ledger.begin(cluster, primary));
        ledger.awaitAnyWriteAfter(System.nanoTime(), BACK);
        long killed = System.nanoTime();
        lost.killHard();
        Await.until(
                "another synchronous standby",
                BACK,
                () -> listed(cluster).size() == 1 && !listed(cluster).contains(lost.name()),
                () -> sync(cluster).toString());
        awaitNames(primary, "\"" + listed(cluster).getFirst() + "\"");
        long back = ledger.awaitAnyWriteAfter(System.nanoTime(), BACK);
        System.out.printf(
                "synchronous standby SIGKILL to a write under another: %.2f s%n",
                (back - killed) / 1e9);
        LedgerReport report = ledger.end();
        lost.start();
        assertThat(cluster.awaitOnePrimaryAndStreaming(3, BACK)).isSameAs(primary);
        assertThat(report.missingOn(primary)).isEmpty();
    }

    @Test
    void commitsThatWereWaitingWhenTheServerCrashedAreShownToClientsOnlyWhenTheyAreSafe()
            throws Exception {
        TestCluster cluster = cluster("on", true);
        TestNode primary = cluster.awaitOnePrimaryAndStreaming(3, BACK);
        awaitListed(cluster, primary, 1);
        Sql.execute(
                primary.postgresPort(),
                "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'web') THEN"
                        + " CREATE ROLE web LOGIN PASSWORD 'web'; END IF; END $$;"
                        + " CREATE TABLE IF NOT EXISTS waiting (a int);"
                        + " GRANT ALL ON waiting TO web");
        List<TestNode> standbys = cluster.others(primary);
        for (TestNode standby : standbys) {
            standby.agent().signal(Signals.STOP);
            Processes.ofInstance(standby.dataDirectory()).forEach(Signals.STOP::to);
        }
        try (Connection session = web(primary);
                Statement insert = session.createStatement()) {
            session.setNetworkTimeout(Runnable::run, 1000);
            insert.execute("INSERT INTO waiting VALUES (1)");
            throw new AssertionError("acknowledged without a standby");
        } catch (SQLException waits) {
            assertThat(String.valueOf(waits.getMessage())).contains("I/O error");
        }
        assertThat(count(primary)).as("it waits, so nobody sees it").isEqualTo("0");

        long postmaster = Processes.postmaster(primary.dataDirectory());
        primary.killPostmaster();
        primary.awaitPostmasterOtherThan(postmaster, BACK);
        Await.until(
                "the recovered server answers its agent, with the row",
                BACK,
                () -> count(primary).equals("1"),
                () -> count(primary));
        Await.pause(Duration.ofSeconds(2));
        assertThat(webError(primary)).contains("pg_hba.conf");
        assertThat(primary.rest("/primary").status()).isEqualTo(503);
        assertThat(primary.rest("/cluster").body()).contains("C1070");

        for (TestNode standby : standbys) {
            Processes.ofInstance(standby.dataDirectory()).forEach(Signals.CONT::to);
            standby.agent().signal(Signals.CONT);
        }
        Await.until(
                "clients are let in",
                BACK,
                () -> webError(primary).isEmpty(),
                () -> webError(primary));
        TestNode listed = cluster.node(listed(cluster).getFirst());
        Await.until(
                "the row on the listed standby",
                BACK,
                () -> count(listed).equals("1"),
                () -> count(listed));
        assertThat(cluster.awaitOnePrimaryAndStreaming(3, BACK)).isSameAs(primary);
    }

    private static String count(TestNode node) {
        return Sql.peek(node.postgresPort(), "SELECT count(*) FROM waiting");
    }

    private static Connection web(TestNode node) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:%d/postgres?connectTimeout=2&sslmode=disable"
                        .formatted(node.postgresPort()),
                "web",
                "web");
    }

    private static String webError(TestNode node) {
        try (Connection session = web(node)) {
            return session.isClosed() ? "closed" : "";
        } catch (SQLException refused) {
            return String.valueOf(refused.getMessage());
        }
    }
}
