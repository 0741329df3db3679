package io.tamada.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tamada.agent.run.SettingsAsWritten;
import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ClusterStatus;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.LeaderTerm;
import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberRole;
import io.tamada.core.wal.Lsn;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DoctorTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final ClusterView VIEW =
            Sights.view(
                    "a",
                    Sights.member("a", MemberRole.PRIMARY),
                    Sights.member("b", MemberRole.REPLICA));

    private final Diagnosis diagnosis = new Diagnosis();

    private static JsonNode json(String text) throws Exception {
        return new ObjectMapper().readTree(text.replace('\'', '"'));
    }

    private static MemberChecks.Said said(String tamada) throws Exception {
        return new MemberChecks.Said(
                json("{'state': 'running', 'tamada': {" + tamada + "}}"),
                json("{'leader': 'a', 'time': '2026-03-01T12:00:00.2Z'}"),
                "",
                NOW);
    }

    private String checked(MemberChecks.Said said) {
        new MemberChecks("demo", diagnosis).member(VIEW, "b", said);
        return diagnosis.text();
    }

    @Test
    void aHealthyClusterFailsNowhere() throws Exception {
        MemberChecks checks = new MemberChecks("demo", diagnosis);
        MemberChecks.Said good =
                said(
                        "'guard': {'mode': 'required', 'state': 'armed'},"
                                + "'storage': {'free_bytes': 50000000, 'total_bytes': 100000000},"
                                + "'slots': [{'name': 's', 'active': false, 'retained_bytes': 9}]");
        checks.times(VIEW);
        checks.leader(VIEW, Map.of("a", good, "b", good));
        checks.member(VIEW, "a", good);
        checks.member(VIEW, "b", good);
        assertThat(diagnosis.findings())
                .isNotEmpty()
                .allMatch(finding -> finding.grade() == Diagnosis.Grade.OK);
        assertThat(diagnosis.text())
                .contains("OK    a: leads\n", "OK    b, clock: 200 ms from the clock here\n");
    }

    @Test
    void whatIsStoredAndNotUsedAsItIsWrittenHasALineEach() throws Exception {
        ClusterConfig config =
                SettingsAsWritten.of("{\"ttl\":\"abc\",\"synchronus_mode\":true}").config();
        new MemberChecks("demo", diagnosis)
                .times(
                        Sights.view(
                                "a", Objects.requireNonNull(config), null, VIEW.members().get(0)));
        assertThat(diagnosis.text())
                .contains(
                        "WARN  dynamic configuration: ttl is \"abc\", expected a number of seconds",
                        "WARN  dynamic configuration: synchronus_mode: unknown key, ignored; nearest"
                                + " known key: synchronous_mode");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'guard': {'mode': 'required', 'state': 'unavailable', 'reason': 'r'}|FAIL  b, guard",
                "'guard': {'mode': 'automatic', 'state': 'unavailable'}|WARN  b, guard",
                "'watchdog': {'mode': 'automatic', 'state': 'unavailable', 'reason': 'r'}|"
                        + "WARN  b, watchdog: unavailable: r; a primary here does without it; load",
                "'watchdog': {'mode': 'automatic', 'state': 'fired'}|FAIL  b, watchdog",
                "'storage': {'trouble': 'no room'}|FAIL  b, storage: no room; make room",
                "'storage': {'free_bytes': 10, 'total_bytes': 100}|WARN  b, data",
                "'storage': {'wal_free_bytes': 4, 'wal_total_bytes': 100}|FAIL  b, WAL",
                "'slots': [{'name': 's', 'lost': true}]|FAIL  b, slot s",
                "'slots': [{'name': 's', 'active': false, 'retained_bytes': 999000000}]|"
                        + "WARN  b, slot s: used by nobody, holds back 952 MiB of WAL; bring",
                "'slots': [{'name': 's', 'retained_bytes': 999000000}],"
                        + "'storage': {'wal_free_bytes': 900000000}|FAIL  b, slot s",
            },
            quoteCharacter = '`')
    void whatAMemberLacksIsALineWithWhatToDo(String tamada, String line) throws Exception {
        assertThat(checked(said(tamada))).contains(line);
        assertThat(diagnosis.findings())
                .filteredOn(finding -> finding.grade() != Diagnosis.Grade.OK)
                .allMatch(finding -> !finding.cure().isEmpty());
    }

    @Test
    void membersThatAreSilentDisagreeOrHaveAnotherTimeAreNamed() throws Exception {
        MemberChecks.Said other =
                new MemberChecks.Said(
                        json("{'state': 'stopped'}"),
                        json("{'leader': 'b', 'why_not': 'x', 'time': '2026-03-01T12:00:40Z'}"),
                        "",
                        NOW);
        new MemberChecks("demo", diagnosis).leader(VIEW, Map.of("a", said(""), "b", other));
        assertThat(checked(other))
                .contains(
                        "FAIL  leader: b takes b for the leader, etcd says a",
                        "WARN  successor: nobody is known",
                        "FAIL  b: its server is stopped; tamada events b",
                        "FAIL  b, clock: 40000 ms");
        assertThat(checked(new MemberChecks.Said(null, null, "refused", NOW)))
                .contains("FAIL  b: its API does not answer: refused; is the agent running");
        new MemberChecks("demo", diagnosis).leader(Sights.view(null), Map.of());
        assertThat(diagnosis.text()).contains("FAIL  leader: nobody leads");
    }

    @Test
    void aWatchdogThatNobodyHasIsNoWarningWhereTheGuardStands() throws Exception {
        checked(
                said(
                        "'guard': {'mode': 'automatic', 'state': 'armed'},"
                                + "'watchdog': {'mode': 'automatic', 'state': 'unavailable',"
                                + " 'reason': '/dev/watchdog does not exist'}"));
        assertThat(diagnosis.findings()).allMatch(finding -> finding.grade() == Diagnosis.Grade.OK);
        assertThat(diagnosis.text()).contains("OK    b, watchdog: unavailable: /dev/watchdog");
    }

    @Test
    void aRestartThatIsPendingIsToldWithTheCommand() throws Exception {
        MemberChecks.Said waits =
                new MemberChecks.Said(
                        json("{'state': 'running', 'pending_restart': true}"), null, "", NOW);
        assertThat(checked(waits)).contains("tamada restart demo b\n");
    }

    private static LeaderTerm led(String leader, long epoch, String from, @Nullable String until) {
        return new LeaderTerm(
                new MemberName(leader),
                epoch,
                2,
                new LeaderTerm.Turn(from, "E710", "taking the lease", ""),
                until == null ? null : new LeaderTerm.Turn(until, "F820", "another leads", ""));
    }

    @Test
    void aMemberThatIsGoneIsNamedByWhatIsLeftOfIt() {
        MemberChecks checks = new MemberChecks("demo", diagnosis);
        ClusterStatus status =
                new ClusterStatus(Lsn.ZERO, new TreeMap<>(), List.of("a", "b", "e_1"));
        checks.absent(
                Sights.view(
                        "a",
                        status,
                        Sights.member("a", MemberRole.PRIMARY),
                        Sights.member("b", MemberRole.REPLICA)),
                List.of(
                        led("old", 1, "2026-01-01T12:00:00Z", "2026-01-02T12:00:00Z"),
                        led("c", 2, "2026-02-28T12:00:00Z", "2026-02-28T13:00:00Z"),
                        led("d", 3, "2026-02-28T13:00:00Z", null),
                        led("a", 4, "2026-02-28T14:00:00Z", null)),
                NOW);
        assertThat(diagnosis.text())
                .contains(
                        "WARN  c: it led until 2026-02-28T13:00:00Z; no agent of that name",
                        "WARN  d: it led from 2026-02-28T13:00:00Z and left no reason",
                        "WARN  e_1: the leader keeps its slot; no agent");
        assertThat(diagnosis.findings()).hasSize(3);
    }

    @Test
    void rolesThatLackWhatTheyAreForAreNamed() {
        NodeChecks checks = new NodeChecks(diagnosis);
        checks.rights("gone", "rewind", null);
        checks.rights("locked", "superuser", Arrays.asList(false, true, true, true));
        checks.rights("weak", "superuser", Arrays.asList(true, false, true, true));
        checks.rights("copies", "replication", Arrays.asList(true, false, false, true));
        checks.rights("rewinds", "rewind", Arrays.asList(true, false, true, null));
        assertThat(diagnosis.count(Diagnosis.Grade.FAIL)).isEqualTo(5);
        checks.rights("good", "rewind", Arrays.asList(true, false, false, true));
        checks.rights("good", "replication", Arrays.asList(true, false, true, false));
        assertThat(diagnosis.count(Diagnosis.Grade.FAIL)).isEqualTo(5);
    }

    @Test
    void writesThatDoNotGoToTheLeaderAreAFailure() {
        String statistics =
                """
                # pxname,svname,status,addr
                primary,FRONTEND,OPEN,
                primary,m1,UP,10.0.0.1:5432
                primary,m2,DOWN,10.0.0.2:5432
                primary,BACKEND,UP,
                replicas,m2,UP,10.0.0.2:5432
                """;
        ProxyChecks.statistics(diagnosis, statistics, "10.0.0.1:5432");
        assertThat(diagnosis.count(Diagnosis.Grade.FAIL)).isZero();
        ProxyChecks.statistics(diagnosis, statistics, "10.0.0.2:5432");
        ProxyChecks.statistics(diagnosis, statistics, null);
        ProxyChecks.statistics(diagnosis, "Unknown command", "10.0.0.2:5432");
        assertThat(diagnosis.count(Diagnosis.Grade.FAIL)).isEqualTo(3);
        assertThat(diagnosis.text())
                .contains("writes go to 10.0.0.1:5432, the leader is 10.0.0.2:5432");
    }

    @Test
    void aCertificateThatCannotBeReadIsAFailure(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("c.pem"), "no certificate");
        new NodeChecks(diagnosis).certificate("restapi.certfile", file, NOW);
        assertThat(diagnosis.text()).startsWith("FAIL  restapi.certfile: ");
    }
}
