package io.tamada.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Members that cannot come back the easy way, and members that stream from each other.
class WayBackTest {

    private static final Duration BACK = Duration.ofSeconds(60);

    @RegisterExtension static final Clusters CLUSTERS = new Clusters();

    @Test
    void aWrongRewindPasswordEndsWithItsReasonAndWhereAllowedInANewCopy() throws Exception {
        TestCluster cluster = CLUSTERS.planned(ClusterPlan.threeNodes()).start();
        TestNode old = cluster.awaitOnePrimaryAndStreaming(3, TestCluster.BOOTSTRAP);
        writeUnsent(old);
        old.killHard();
        TestNode primary = cluster.awaitPrimaryOtherThan(old, BACK);
        old.editConfig(text -> text.replace(Sql.REWIND_PASSWORD, "mistyped"));
        old.start();

        Await.until(
                old + " to give rewinding up",
                BACK,
                () -> rejoin(old).path("rung").asText().equals("stopped"),
                () -> old.rest("/patroni").body());
        assertThat(rejoin(old).path("reason").asText())
                .contains("\"rewinder\" (postgresql.authentication.rewind)")
                .contains("password authentication failed")
                .contains("remove_data_directory_on_rewind_failure")
                .doesNotContain("mistyped");
        Await.until(
                "the others to show it",
                BACK,
                () -> memberOf(primary, old).at("/rejoin/rung").asText().equals("stopped"),
                () -> primary.rest("/cluster").body());

        old.editConfig(text -> text + "  remove_data_directory_on_rewind_failure: true\n");
        Signals.HUP.to(old.agent().pid());
        assertThat(cluster.awaitOnePrimaryAndStreaming(3, BACK)).isSameAs(primary);
        assertThat(Sql.column(old.postgresPort(), "SELECT count(*) FROM apart"))
                .containsExactly("0");
        Await.until(
                "what was replaced to be gone",
                BACK,
                () -> cluster.etcd().value(cluster.key("tamada/rebuild")).isEmpty(),
                () -> cluster.etcd().value(cluster.key("tamada/rebuild")));
    }

    @Test
    void aStandbyWhoseWalIsGoneIsClonedAgainByItself() throws Exception {
        TestCluster cluster =
                CLUSTERS.planned(
                                ClusterPlan.threeNodes()
                                        .withParameter("wal_keep_size", "0")
                                        .withParameter("max_slot_wal_keep_size", "1MB"))
                        .start();
        TestNode primary = cluster.awaitOnePrimaryAndStreaming(3, TestCluster.BOOTSTRAP);
        TestNode standby = cluster.others(primary).getFirst();
        standby.killHard();
        for (int segment = 0; segment < 6; segment++) {
            Sql.execute(
                    primary.postgresPort(),
                    "SELECT pg_logical_emit_message(false, 'fill', 'x'); SELECT pg_switch_wal()");
            Sql.execute(primary.postgresPort(), "CHECKPOINT");
        }
        int before = standby.agent().output().length();
        standby.start();

        assertThat(cluster.awaitOnePrimaryAndStreaming(3, BACK)).isSameAs(primary);
        assertThat(standby.agent().output().substring(before))
                .contains("F882")
                .contains("R571")
                .contains("has already been removed");
    }

    @Test
    void aMemberStreamsFromTheOneThatItsTagNamesAndFromTheLeaderWhileThatOneIsAway() {
        TestCluster cluster = CLUSTERS.planned(ClusterPlan.threeNodes()).start();
        TestNode primary = cluster.awaitOnePrimaryAndStreaming(3, TestCluster.BOOTSTRAP);
        TestNode middle = cluster.others(primary).getFirst();
        TestNode last = cluster.others(primary).getLast();
        last.editConfig(text -> text + "tags: {replicatefrom: " + middle.name() + "}\n");
        Signals.HUP.to(last.agent().pid());
        awaitStreams(middle, last);

        middle.killHard();
        awaitStreams(primary, last);

        middle.start();
        awaitStreams(middle, last);
    }

    private static void awaitStreams(TestNode source, TestNode standby) {
        Await.until(
                standby + " to stream from " + source,
                BACK,
                () ->
                        Sql.peek(
                                        source.postgresPort(),
                                        "SELECT application_name FROM pg_stat_replication WHERE"
                                                + " state = 'streaming' AND application_name = '"
                                                + standby.name()
                                                + "'")
                                .equals(standby.name()),
                () -> standby.rest("/patroni").body());
    }

    private static JsonNode rejoin(TestNode node) {
        return node.rest("/patroni").json().at("/tamada/rejoin");
    }

    private static JsonNode memberOf(TestNode asked, TestNode member) {
        for (JsonNode each : asked.rest("/cluster").json().path("members")) {
            if (each.path("name").asText().equals(member.name())) {
                return each;
            }
        }
        return com.fasterxml.jackson.databind.node.MissingNode.getInstance();
    }

    private static void writeUnsent(TestNode primary) throws SQLException {
        Sql.execute(primary.postgresPort(), "CREATE TABLE apart (a int)");
        Await.pause(Duration.ofSeconds(1));
        for (long pid : Processes.ofInstance(primary.dataDirectory())) {
            if (Processes.title(pid).contains("walsender")) {
                Signals.STOP.to(pid);
            }
        }
        Sql.execute(
                primary.postgresPort(), "INSERT INTO apart SELECT 1 FROM generate_series(1, 1000)");
    }
}
