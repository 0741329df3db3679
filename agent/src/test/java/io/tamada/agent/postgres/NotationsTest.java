package io.tamada.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.agent.postgres.PostgresSettings.Role;
import io.tamada.core.postgres.ControlData;
import io.tamada.core.postgres.ControlState;
import io.tamada.core.postgres.Upstream;
import io.tamada.core.wal.Lsn;
import io.tamada.core.wal.Timeline;
import io.tamada.core.wal.TimelineHistory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// The texts that PostgreSQL, libpq and shells write and read.
class NotationsTest {

    private static final Upstream AT = new Upstream("10.0.0.1", 5432);

    @Test
    void connectionStringsSurviveQuotesSpacesAndBackslashes() {
        Map<String, String> words = new LinkedHashMap<>();
        words.put("host", "/var/run/my sockets");
        words.put("user", "o'hara");
        words.put("options", "-c a=b\\");
        words.put("empty", "");
        assertThat(ConnInfo.parse(ConnInfo.format(words))).isEqualTo(words);
        assertThat(ConnInfo.upstreamOf("host=10.0.0.1 port = 5433 user=x"))
                .isEqualTo(new Upstream("10.0.0.1", 5433));
        assertThat(ConnInfo.upstreamOf("")).isNull();
    }

    @Test
    void ofSeveralServersThePrimaryIsMeant() {
        Upstream several = new Upstream("10.0.0.1,10.0.0.2", 5433);
        String conninfo = ConnInfo.forStandby(several, Role.of("rep", null), null, "node-a");
        assertThat(ConnInfo.parse(conninfo))
                .containsEntry("host", "10.0.0.1,10.0.0.2")
                .containsEntry("target_session_attrs", "read-write");
        assertThat(ConnInfo.upstreamOf(conninfo)).isEqualTo(several);
        assertThat(ConnInfo.forStandby(AT, Role.of("rep", null), null, "node-a"))
                .doesNotContain("target_session_attrs");
        assertThat(Sessions.address("10.0.0.1, fe80::1", "5433"))
                .isEqualTo("10.0.0.1:5433,[fe80::1]:5433");
    }

    @Test
    void thePasswordOfAKeyStandsOnNoCommandLine() {
        Role role =
                new Role("rep", null, new TreeMap<>(Map.of("sslpassword", "hush", "sslkey", "k")));
        assertThat(ConnInfo.forStandby(AT, role, null, "node-a")).contains("sslpassword=hush");
        assertThat(ConnInfo.forTool(AT, role, null, null))
                .contains("sslkey=k")
                .doesNotContain("hush");
    }

    @Test
    void commandLinesAreSplitAsAShellDoes() {
        assertThat(CommandLine.split("a 'b c' \"d 'e\" f\\ g '' h"))
                .isEqualTo(List.of("a", "b c", "d 'e", "f g", "", "h"));
    }

    @Test
    void versionsAreReadFromTheProgramsOwnLine() {
        assertThat(DirectoryWatch.major("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"))
                .isEqualTo(15);
        assertThat(DirectoryWatch.major("postgres (PostgreSQL) 18beta1")).isEqualTo(18);
        assertThat(DirectoryWatch.major("something else")).isZero();
    }

    @Test
    void aHistoryFileLeadsToItsTimeline() {
        TimelineHistory history =
                TimelineFiles.parse(
                        "1\t0/5000098\tno recovery target specified\n\n2\t0/6000000\t\n");
        assertThat(history.current()).isEqualTo(new Timeline(3));
        assertThat(history.switchPointOf(Timeline.FIRST)).isEqualTo(Lsn.parse("0/5000098"));
    }

    @Test
    void theControlFileIsRead() {
        String text =
                """
                Database system identifier:           7710526280316547837
                Database cluster state:               in archive recovery
                Latest checkpoint location:           0/3000060
                Latest checkpoint's TimeLineID:       2
                Minimum recovery ending location:     0/4000000
                Min recovery ending loc's timeline:   3
                max_connections setting:              150
                """;
        assertThat(ControlFile.parse(text))
                .isInstanceOfSatisfying(
                        ControlFile.Parsed.class,
                        parsed -> {
                            ControlData data = parsed.data();
                            assertThat(data.state()).isEqualTo(ControlState.IN_ARCHIVE_RECOVERY);
                            assertThat(data.timeline()).isEqualTo(new Timeline(2));
                            assertThat(data.minRecoveryTimeline()).isEqualTo(new Timeline(3));
                            assertThat(parsed.standbyMinimums())
                                    .containsEntry("max_connections", 150);
                        });
        assertThat(ControlFile.parse("WARNING: Calculated CRC checksum does not match\n" + text))
                .isInstanceOf(ControlFile.Unreadable.class);
        assertThat(ControlFile.parse("nonsense")).isInstanceOf(ControlFile.Unreadable.class);
    }

    @Test
    void childrenInheritNothingThatMisleadsThem() {
        Map<String, String> clean =
                CleanEnvironment.of(
                        Map.of(
                                "PGPASSWORD", "secret",
                                "PGHOST", "elsewhere",
                                "PATRONI_SUPERUSER_PASSWORD", "secret",
                                "PGBACKREST_REPO1_S3_KEY", "needed",
                                "HOME", "/nonexistent",
                                "LANG", "C.UTF-8"));
        assertThat(clean)
                .containsEntry("LANG", "C.UTF-8")
                .containsEntry("PGBACKREST_REPO1_S3_KEY", "needed")
                .containsKey("PATH")
                .doesNotContainKeys("PGPASSWORD", "PGHOST", "PATRONI_SUPERUSER_PASSWORD");
        assertThat(clean.get("HOME")).isNotEqualTo("/nonexistent");
    }
}
