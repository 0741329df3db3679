package io.tamada.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What a cluster says of itself, on a live one.
class WhyTest {

    private static final Duration BACK = Duration.ofSeconds(60);

    @RegisterExtension static final Clusters CLUSTERS = new Clusters();

    @Test
    void survivorsTellWhatHasHappenedAndADeadNodeTellsItFromItsDisk() {
        TestCluster cluster = CLUSTERS.whole(ClusterPlan.threeNodes());
        TestNode dead = cluster.awaitOnePrimaryAndStreaming(3, BACK);
        assertThat(cluster.tamada("events", dead.name(), "-f", "tsv"))
                .contains("\tagent\t", "\tL610\tleading", "\toperation\t\tinitdb succeeded");

        dead.killHard();
        TestNode leader = cluster.awaitOnePrimaryAndStreaming(2, BACK);

        assertThat(cluster.tamada("events", leader.name(), "-f", "tsv"))
                .contains(
                        "\t" + leader.name() + "\tleader\t",
                        leader.name() + " leads",
                        "\toperation\t\tpromote succeeded");
        assertThat(
                        cluster.tamada(
                                "events",
                                "-c",
                                dead.configFile().toString(),
                                "--file",
                                "-f",
                                "tsv"))
                .contains("\t" + dead.name() + "\tdecision\tL610\tleading");
        assertThat(leader.rest("/events?limit=1").body()).startsWith("[{\"seq\":");
    }
}
