package io.tamada.agent.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.agent.haproxy.ClusterDocument;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MembersTableTest {

    private static final String CLUSTER =
            """
            {"members": [
              {"name": "node1", "role": "replica", "state": "streaming", "timeline": 2,
               "lag": 1048576, "api_url": "http://127.0.0.1:8008/patroni",
               "host": "127.0.0.1", "port": 5442},
              {"name": "node2", "role": "leader", "state": "running", "timeline": 2,
               "api_url": "http://127.0.0.1:8009/patroni", "host": "127.0.0.1", "port": 5443},
              {"name": "node3", "role": "replica", "state": "starting", "lag": "unknown",
               "api_url": "http://127.0.0.1:8010/patroni", "host": "127.0.0.1", "port": 5444}],
             "scope": "demo"}
            """;

    @Test
    void everyMemberIsALine() {
        assertThat(String.join("\n", MembersTable.render(rows(CLUSTER, null))))
                .isEqualTo(
                        """
                          MEMBER  ROLE     STATE                TIMELINE  LAG          POSTGRESQL      REST
                          node1   replica  streaming            2         1,048,576 B  127.0.0.1:5442  127.0.0.1:8008
                          node2   leader   running              2         -            127.0.0.1:5443  127.0.0.1:8009
                          node3   replica  starting             -         unknown      127.0.0.1:5444  127.0.0.1:8010
                          node4   -        killed, back in 7 s  -         -            127.0.0.1:5445  127.0.0.1:8011\
                        """);
    }

    @Test
    void aKilledMemberIsShownAsKilledWhateverTheClusterStillBelieves() {
        List<String> lines = MembersTable.render(rows(CLUSTER, "killed, back in 3 s"));

        assertThat(lines.get(2)).contains("killed, back in 3 s").doesNotContain("leader");
    }

    @Test
    void lagAndSecondsAreNotAStoryButRolesAreOne() {
        String story = MembersTable.story(rows(CLUSTER, null));

        assertThat(MembersTable.story(rows(CLUSTER.replace("1048576", "7"), null)))
                .isEqualTo(story);
        assertThat(MembersTable.story(rows(CLUSTER, "killed, back in 3 s")))
                .isEqualTo(MembersTable.story(rows(CLUSTER, "killed, back in 2 s")))
                .isNotEqualTo(story);
        assertThat(MembersTable.story(rows(CLUSTER.replace("starting", "streaming"), null)))
                .isNotEqualTo(story);
    }

    private static List<MembersTable.Row> rows(
            String cluster, @org.jspecify.annotations.Nullable String absenceOfNode2) {
        List<ClusterDocument.Member> members = ClusterDocument.parse(cluster).members();
        return List.of(
                new MembersTable.Row("node1", 5442, 8008, members.get(0), null),
                new MembersTable.Row("node2", 5443, 8009, members.get(1), absenceOfNode2),
                new MembersTable.Row("node3", 5444, 8010, members.get(2), null),
                new MembersTable.Row("node4", 5445, 8011, null, "killed, back in 7 s"));
    }
}
