package io.tamada.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
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
        assertThat(cluster.patronictl("list")).contains(leader.name()).doesNotContain("leaders");
        dead.start();
        cluster.awaitOnePrimaryAndStreaming(3, BACK);
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

    @Test
    void theDoctorFindsNothingOnAHealthyClusterAndNamesWhatIsBroken() throws Exception {
        TestCluster cluster = CLUSTERS.whole(ClusterPlan.threeNodes());
        TestNode primary = cluster.awaitOnePrimaryAndStreaming(3, BACK);
        TestNode standby = cluster.others(primary).getFirst();

        // It ends with another exit code than 0 when a line fails.
        assertThat(cluster.tamada("doctor"))
                .contains(
                        "OK    configuration: valid",
                        "OK    etcd 127.0.0.1:",
                        "OK    leader: " + primary.name() + ", all who answer agree",
                        "OK    " + standby.name() + ": streams",
                        "(superuser): may do what it is for",
                        "(replication): may do what it is for")
                .doesNotContain("FAIL");

        String gone = "127.0.0.1:1";
        Path file = cluster.directory().resolve("doctor.yml");
        Files.writeString(
                file,
                "scope: %s%netcd3:%n  hosts: '%s,%s'%n"
                        .formatted(
                                cluster.scope(), String.join(",", cluster.etcd().hosts()), gone));
        standby.killAgent();
        assertThatThrownBy(() -> cluster.tamada("doctor", "-c", file.toString()))
                .hasMessageContaining("ended with 1")
                .hasMessageContaining("FAIL  etcd " + gone + ": does not answer")
                .hasMessageContaining("FAIL  " + standby.name() + ": its API does not answer")
                .hasMessageNotContaining("configuration");
        standby.start();
        cluster.awaitOnePrimaryAndStreaming(3, BACK);
    }
}
