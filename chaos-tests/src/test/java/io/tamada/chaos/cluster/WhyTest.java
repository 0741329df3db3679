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
                .contains("\tagent\t", "\tL610\tleading")
                .containsPattern("\toperation\t\t(initdb|clone) succeeded");

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

        String term =
                Await.value(
                        "the new leader's record",
                        BACK,
                        () -> {
                            String terms = cluster.etcd().value(cluster.key("tamada/leaders"));
                            return terms.contains("\"leader\":\"" + leader.name() + "\"")
                                    ? new Await.Seen.Yes<>(terms)
                                    : new Await.Seen.NotYet<>(terms);
                        });
        assertThat(term).contains("\"leader\":\"" + dead.name() + "\"");
        assertThat(cluster.tamada("why", "-c", leader.configFile().toString()))
                .contains(
                        leader.name() + " leads " + cluster.scope() + " since 20",
                        "It took the lead by E710: no leader and nothing speaks against us",
                        "Its present decision is L610: leading, since 20",
                        "Before, " + dead.name() + " led from 20",
                        "It left no reason why that ended",
                        "  " + dead.name() + ": it ",
                        ": nothing speaks against it\n");
        assertThat(cluster.tamada("events", dead.name(), "-f", "tsv"))
                .contains("\t" + dead.name() + "\tetcd\t", "began to lead: ");
        assertThat(cluster.patronictl("list")).contains(leader.name()).doesNotContain("tamada");
    }

    @Test
    void aLeaderThatHandsOverLeavesItsReason() {
        TestCluster cluster = CLUSTERS.whole(ClusterPlan.threeNodes());
        TestNode former = cluster.awaitOnePrimaryAndStreaming(3, BACK);
        TestNode next = cluster.others(former).getFirst();
        cluster.tamada("switchover", "--candidate", next.name(), "--force");
        cluster.awaitOnePrimaryAndStreaming(3, BACK);

        Await.until(
                "the reason that " + former + " left",
                BACK,
                () -> cluster.etcd().value(cluster.key("tamada/leaders")).contains("\"ended\""),
                () -> cluster.etcd().value(cluster.key("tamada/leaders")));
        assertThat(cluster.tamada("why"))
                .contains(next.name() + " leads ", "Before, " + former.name() + " led from 20")
                .containsPattern("That ended at 20.* by [A-Z][0-9]+: ");
        assertThat(cluster.tamada("why", former.name()))
                .contains(former.name() + " does not lead", "It led from 20");
        assertThat(next.rest("/why").json().path("leads").asBoolean()).isTrue();
    }
}
