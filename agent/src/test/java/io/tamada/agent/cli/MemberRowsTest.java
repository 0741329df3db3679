package io.tamada.agent.cli;

import static io.tamada.agent.cli.Sights.member;
import static io.tamada.agent.cli.Sights.view;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.FailoverRequest;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberRole;
import io.tamada.core.member.MemberTags;
import io.tamada.dcs.codec.MemberCodec;
import io.tamada.dcs.kv.Bytes;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class MemberRowsTest {

    private static String rows(Format format, ClusterView view) {
        return new MemberRows("demo", view).write(format, false);
    }

    private static Member at(String name, MemberRole role, String address, MemberTags tags) {
        return member(name, role, address, null, tags);
    }

    @Test
    void membersStandByNameWithTheirRoleAndStateAndTheSystemInTheTitle() {
        ClusterView view =
                view(
                        "b",
                        at("b", MemberRole.PRIMARY, "10.0.0.2:5432", MemberTags.NONE),
                        at("a", MemberRole.REPLICA, "10.0.0.1:5432", MemberTags.NONE));

        assertThat(rows(Format.PRETTY, view))
                .isEqualTo(
                        """
                        + Cluster: demo (7012345678901234567) ----+----+-----------+
                        | Member | Host     | Role    | State     | TL | Lag in MB |
                        +--------+----------+---------+-----------+----+-----------+
                        | a      | 10.0.0.1 | Replica | streaming |  2 |         0 |
                        | b      | 10.0.0.2 | Leader  | running   |  2 |           |
                        +--------+----------+---------+-----------+----+-----------+
                        """);
        assertThat(rows(Format.TSV, view))
                .startsWith("Cluster\tMember\tHost\tRole\tState\tTL\tLag in MB\ndemo\ta\t10.0.0.1");
    }

    @Test
    void portsAreShownWhereTwoMembersShareAHostOrOneIsUnusual() {
        assertThat(
                        rows(
                                Format.JSON,
                                view(
                                        null,
                                        at("a", MemberRole.REPLICA, "h:5432", MemberTags.NONE),
                                        at("b", MemberRole.REPLICA, "h:5432", MemberTags.NONE))))
                .contains("\"Host\": \"h:5432\"");
        assertThat(
                        rows(
                                Format.JSON,
                                view(null, at("a", MemberRole.REPLICA, "h:6000", MemberTags.NONE))))
                .contains("\"Host\": \"h:6000\"");
    }

    @Test
    void whoCopiesFromWhomIsATreeUnderTheLeader() {
        ClusterView view =
                view(
                        "a",
                        at("a", MemberRole.PRIMARY, "h1:5432", MemberTags.NONE),
                        at("b", MemberRole.REPLICA, "h2:5432", Sights.from("c")),
                        at("c", MemberRole.REPLICA, "h3:5432", MemberTags.NONE));

        assertThat(rows(Format.TOPOLOGY, view)).containsSubsequence("| a ", "| + c ", "|   + b ");
    }

    @Test
    void membersThatNameEachOtherHangOnNothingButAreShown() {
        ClusterView view =
                view(
                        "a",
                        at("a", MemberRole.PRIMARY, "h1:5432", MemberTags.NONE),
                        at("b", MemberRole.REPLICA, "h2:5432", Sights.from("c")),
                        at("c", MemberRole.REPLICA, "h3:5432", Sights.from("b")));

        assertThat(rows(Format.TOPOLOGY, view)).contains("| a ", "+ b ", "+ c ");
    }

    @Test
    void aScheduledRestartIsShownWithItsCondition() {
        Member planned =
                member(
                        "a",
                        MemberRole.REPLICA,
                        "h:5432",
                        "{\"schedule\":\"2099-01-01T00:00:00+00:00\",\"postgres_version\":\"15.9\"}",
                        MemberTags.NONE);

        assertThat(rows(Format.JSON, view(null, planned)))
                .contains("\"Scheduled restart\": \"2099-01-01T00:00:00+00:00 if version < 15.9\"");
        assertThat(rows(Format.JSON, view(null, member("a", MemberRole.REPLICA))))
                .doesNotContain("Scheduled");
    }

    @Test
    void whyARestartIsPendingIsShownAndWhatIsTooLongForATableIsHidden() {
        MemberRows rows =
                new MemberRows(
                        "demo",
                        view(
                                null,
                                published(
                                        """
                                        {"state": "running", "pending_restart_reason":
                                         {"max_connections": {"old_value": "100", "new_value": "101"},
                                          "shared_preload_libraries": {"old_value": "one,two,three,four,five",
                                                                       "new_value": "one"}}}""")));

        assertThat(rows.write(Format.PRETTY, false))
                .contains(
                        "| Pending restart reason ",
                        "| max_connections: 100->101 ",
                        "| shared_preload_libraries: [hidden - too long] ");
        assertThat(rows.write(Format.YAML, false)).contains("one,two,three,four,five->one");
        assertThat(rows(Format.PRETTY, view(null, published("{\"state\": \"running\"}"))))
                .doesNotContain("Pending restart reason");
    }

    /// As a member of any make has written it into the store.
    private static Member published(String json) {
        return Objects.requireNonNull(
                MemberCodec.decode(new MemberName("a"), Bytes.utf8(json), _ -> {}));
    }

    @Test
    void aSwitchoverToComeStandsBelowTheTable() {
        FailoverRequest request = new FailoverRequest("a", "b", "2099-01-01T00:00:00+00:00", 0L, 1);

        assertThat(
                        rows(
                                Format.PRETTY,
                                view(
                                        "a",
                                        ClusterConfig.DEFAULTS,
                                        request,
                                        member("a", MemberRole.PRIMARY))))
                .endsWith(
                        """
                         Switchover scheduled at: 2099-01-01T00:00:00+00:00
                                            from: a
                                              to: b
                        """);
    }

    @Test
    void allColumnsAreThereWhenTheyAreAskedFor() {
        String header =
                new MemberRows("demo", view(null, member("a", MemberRole.REPLICA)))
                        .write(Format.TSV, true)
                        .lines()
                        .findFirst()
                        .orElse("");

        assertThat(List.of(header.split("\t")))
                .endsWith("Pending restart", "Pending restart reason", "Scheduled restart", "Tags");
    }
}
