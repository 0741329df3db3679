package io.tamada.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Commands over the API and by `patronictl`, on a cluster under load.
class ControlTest {

    private static final Duration BACK = Duration.ofSeconds(30);

    @RegisterExtension static final Clusters CLUSTERS = new Clusters();

    @Test
    void aSwitchoverThatIsAskedForLosesNothingAndSaysWhatCameOfIt() {
        TestCluster cluster = CLUSTERS.whole(ClusterPlan.threeNodes());
        TestNode old = cluster.awaitOnePrimaryAndStreaming(3, BACK);
        TestNode next = cluster.others(old).getFirst();
        TestNode asked = cluster.others(old).getLast();
        Ledger ledger = CLUSTERS.closing(Ledger.begin(cluster, old));
        ledger.awaitAnyWriteAfter(System.nanoTime(), BACK);

        Rest.Answer answer =
                Rest.command(
                        asked.restPort(),
                        "POST",
                        "/switchover",
                        "{\"leader\":\"%s\",\"candidate\":\"%s\"}"
                                .formatted(old.name(), next.name()));

        assertThat(answer)
                .isEqualTo(
                        new Rest.Answer(
                                200, "Successfully switched over to \"" + next.name() + "\""));
        assertThat(cluster.awaitOnePrimaryAndStreaming(3, BACK)).isSameAs(next);
        LedgerReport report = ledger.end();
        System.out.printf(
                "switchover over the API: %.2f s without writes%n",
                report.longestGap().toMillis() / 1e3);
        assertThat(report.missingOn(next)).isEmpty();
        assertThat(report.servers()).containsExactly(old.name(), next.name());
    }

    @Test
    void aRestartEndsWhenTheServerAnswersAgainAndKeepsTheLeader() {
        TestCluster cluster = CLUSTERS.whole(ClusterPlan.threeNodes());
        TestNode primary = cluster.awaitOnePrimaryAndStreaming(3, BACK);
        TestNode standby = cluster.others(primary).getFirst();
        int timeline = primary.rest("/patroni").json().path("timeline").asInt();
        for (TestNode node : new TestNode[] {primary, standby}) {
            long postmaster = Processes.postmaster(node.dataDirectory());
            Rest.Answer answer = Rest.command(node.restPort(), "POST", "/restart", "{}");
            assertThat(answer).isEqualTo(new Rest.Answer(200, "restarted successfully"));
            assertThat(Processes.postmaster(node.dataDirectory())).isNotEqualTo(postmaster);
        }
        assertThat(cluster.awaitOnePrimaryAndStreaming(3, BACK)).isSameAs(primary);
        assertThat(primary.rest("/patroni").json().path("timeline").asInt()).isEqualTo(timeline);
    }

    @Test
    void patronictlSwitchesRestartsPausesReconfiguresAndCopiesAnew() {
        TestCluster cluster = CLUSTERS.whole(ClusterPlan.threeNodes());
        TestNode primary = cluster.awaitOnePrimaryAndStreaming(3, BACK);
        TestNode standby = cluster.others(primary).getFirst();
        String scope = cluster.scope();

        assertThat(
                        cluster.patronictl(
                                "edit-config",
                                "--force",
                                "-s",
                                "postgresql.parameters.work_mem=6MB"))
                .contains("work_mem");
        Await.until(
                "the primary to have the new setting",
                BACK,
                () -> Sql.peek(primary.postgresPort(), "SHOW work_mem").equals("6MB"),
                () -> Sql.peek(primary.postgresPort(), "SHOW work_mem"));
        assertThat(cluster.patronictl("show-config")).contains("work_mem: 6MB");

        assertThat(cluster.patronictl("pause", "--wait")).contains("Success");
        assertThat(cluster.patronictl("list")).contains("Maintenance mode: on");
        assertThat(cluster.patronictl("restart", scope, standby.name(), "--force"))
                .contains("Success: restart on member " + standby.name());
        assertThat(cluster.patronictl("resume", "--wait")).contains("Success");

        assertThat(cluster.patronictl("reload", scope, "--force"))
                .contains("Reload request received for member " + standby.name());
        assertThat(cluster.patronictl("reinit", scope, standby.name(), "--force"))
                .contains("Success: reinitialize for member " + standby.name());
        cluster.awaitOnePrimaryAndStreaming(3, BACK);

        assertThat(
                        cluster.patronictl(
                                "switchover",
                                scope,
                                "--force",
                                "--master",
                                primary.name(),
                                "--candidate",
                                standby.name()))
                .contains("Successfully switched over to \"" + standby.name() + "\"");
        assertThat(cluster.awaitOnePrimaryAndStreaming(3, BACK)).isSameAs(standby);
        assertThat(cluster.patronictl("history")).contains(standby.name());
        assertThat(cluster.patronictl("failover", scope, "--force", "--candidate", primary.name()))
                .contains("over to \"" + primary.name() + "\"");
        cluster.awaitOnePrimaryAndStreaming(3, BACK);
    }
}
