package io.tamada.rest.document;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.fencing.FencingStatus;
import io.tamada.core.fencing.FencingStatus.Mode;
import io.tamada.core.fencing.FencingStatus.Rung;
import io.tamada.core.fencing.FencingStatus.State;
import io.tamada.core.member.RejoinNote;
import io.tamada.core.member.RejoinRung;
import io.tamada.core.postgres.Storage;
import io.tamada.core.rejoin.Climb;
import io.tamada.rest.World;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class MetricsDocumentTest {

    private static final Pattern SAMPLE =
            Pattern.compile(
                    "([a-zA-Z_:][a-zA-Z0-9_:]*)"
                            + "\\{((?:[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\\\n]|\\\\[\\\\\"n])*\",?)*)}"
                            + " (-?[0-9]+(?:\\.[0-9]+)?)");
    private static final String OWN = "scope=\"demo\",name=\"node-a\"";

    private final World world = new World();

    /// Parses strictly: every sample belongs to the family announced just before it, no family
    /// and no sample comes twice, the text ends with a line feed.
    private Map<String, Double> samples() {
        String text =
                new String(
                        MetricsDocument.of(
                                StatusDocumentTest.facts(world, 0),
                                world.deadline.current(),
                                world.now),
                        StandardCharsets.UTF_8);
        assertThat(text).endsWith("\n");
        Map<String, Double> samples = new LinkedHashMap<>();
        Map<String, String> families = new LinkedHashMap<>();
        String helped = "";
        String family = "";
        for (String line : text.split("\n", -1)) {
            if (line.startsWith("# HELP ")) {
                helped = line.split(" ", 4)[2];
            } else if (line.startsWith("# TYPE ")) {
                family = line.split(" ", 4)[2];
                assertThat(family).isEqualTo(helped);
                assertThat(line.split(" ", 4)[3]).isIn("gauge", "counter");
                assertThat(families.put(family, line)).as(line).isNull();
            } else if (!line.isEmpty()) {
                Matcher sample = SAMPLE.matcher(line);
                assertThat(sample.matches()).as(line).isTrue();
                assertThat(sample.group(1)).isEqualTo(family);
                assertThat(sample.group(2)).startsWith(OWN);
                String rest = sample.group(2).substring(OWN.length());
                assertThat(samples.put(sample.group(1) + rest, Double.parseDouble(sample.group(3))))
                        .as(line)
                        .isNull();
            }
        }
        return samples;
    }

    @Test
    void aPrimaryHasEveryMetricOfPatroni() {
        world.primary();
        assertThat(samples())
                .containsEntry("patroni_version", 40_103.0)
                .containsEntry("patroni_postgres_running", 1.0)
                .containsEntry("patroni_postmaster_start_time", 1_767_323_045.678901)
                .containsEntry("patroni_primary", 1.0)
                .containsEntry("patroni_xlog_location", 50_331_984.0)
                .containsEntry("patroni_standby_leader", 0.0)
                .containsEntry("patroni_replica", 0.0)
                .containsEntry("patroni_sync_standby", 0.0)
                .containsEntry("patroni_quorum_standby", 0.0)
                .containsEntry("patroni_xlog_received_location", 0.0)
                .containsEntry("patroni_xlog_replayed_location", 0.0)
                .containsEntry("patroni_xlog_replayed_timestamp", 0.0)
                .containsEntry("patroni_xlog_paused", 0.0)
                .containsEntry("patroni_postgres_streaming", 0.0)
                .containsEntry("patroni_postgres_in_archive_recovery", 0.0)
                .containsEntry("patroni_postgres_server_version", 150_008.0)
                .containsEntry("patroni_cluster_unlocked", 0.0)
                .containsEntry("patroni_failsafe_mode_is_active", 0.0)
                .containsEntry("patroni_postgres_timeline", 3.0)
                .containsEntry("patroni_dcs_last_seen", 1_767_323_045.0)
                .containsEntry("patroni_pending_restart", 0.0)
                .containsEntry("patroni_is_paused", 0.0)
                .containsEntry("patroni_postgres_state", 5.0)
                .containsEntry("tamada_lease_remaining_seconds", 30.0)
                .containsEntry("tamada_ticks_total", 42.0)
                .containsEntry("tamada_leader_changes_total", 3.0)
                .containsEntry("tamada_dcs_last_read_age_seconds", 0.0)
                .containsEntry(
                        "tamada_rule_info,code=\"F810\",sentence=\"following the leader\"", 1.0)
                .containsEntry(
                        "tamada_replication_lag_bytes,"
                                + "application_name=\"node-b\",client_addr=\"10.1.0.12\"",
                        4096.0);
    }

    @Test
    void aStandbyTellsItsPositionsAndNoLease() {
        world.standby();
        world.pass(Duration.ofMillis(1500));
        assertThat(samples())
                .containsEntry("patroni_primary", 0.0)
                .containsEntry("patroni_replica", 1.0)
                .containsEntry("patroni_xlog_location", 0.0)
                .containsEntry("patroni_xlog_received_location", 50_331_984.0)
                .containsEntry("patroni_xlog_replayed_location", 50_331_984.0)
                .containsEntry("patroni_xlog_replayed_timestamp", 1_767_323_100.5)
                .containsEntry("patroni_postgres_streaming", 1.0)
                .containsEntry("tamada_lease_remaining_seconds", 0.0)
                .containsEntry("tamada_dcs_last_read_age_seconds", 1.5)
                .containsEntry("tamada_last_tick_age_seconds", 1.5);
    }

    @Test
    void beforeTheFirstRoundTheTextIsValidToo() {
        assertThat(samples())
                .containsEntry("patroni_postgres_running", 0.0)
                .containsEntry("patroni_cluster_unlocked", 1.0)
                .containsEntry("patroni_postgres_state", -1.0)
                .doesNotContainKey("tamada_ticks_total");
    }

    @Test
    void theGuardIsCountedWhereOneIsWanted() {
        world.primary();
        assertThat(samples()).doesNotContainKey("tamada_guard_ready");
        world.fencing =
                new FencingStatus(
                        new Rung(Mode.AUTOMATIC, State.ARMED, null, null, 7, 1),
                        Rung.unavailable(Mode.AUTOMATIC, "no device", world.now));
        world.publish();
        assertThat(samples())
                .containsEntry("tamada_guard_ready", 1.0)
                .containsEntry("tamada_guard_armed", 1.0)
                .containsEntry("tamada_guard_fired", 0.0)
                .containsEntry("tamada_guard_kills_total", 7.0)
                .containsEntry("tamada_guard_repairs_total", 1.0)
                .containsEntry("tamada_watchdog_ready", 0.0)
                .containsEntry("tamada_watchdog_armed", 0.0);
    }

    @Test
    void theRoomOnTheDiskAndWhetherItTakesWritesAreTold() throws Exception {
        world.storage =
                new Storage(
                        new Storage.Failing("full", world.now),
                        new Storage.Space(5, 100),
                        new Storage.Space(7, 100));
        world.primary();
        assertThat(samples())
                .containsEntry("tamada_storage_takes_writes", 0.0)
                .containsEntry("tamada_disk_free_bytes,filesystem=\"data\"", 5.0)
                .containsEntry("tamada_disk_free_bytes,filesystem=\"wal\"", 7.0);
    }

    @Test
    void labelValuesAreEscaped() {
        assertThat(Metrics.label("l", "a\\b\"c\nd")).isEqualTo("l=\"a\\\\b\\\"c\\nd\"");
    }

    @Test
    void theRungOfTheWayBackIsOneOfAll() {
        world.climb = Climb.NONE.withNote(new RejoinNote(RejoinRung.STOPPED, 4, "spent"));
        world.publish();
        Map<String, Double> samples = samples();
        assertThat(samples)
                .containsEntry("tamada_rejoin_rung,rung=\"stopped\"", 1.0)
                .containsEntry("tamada_rejoin_rung,rung=\"stream\"", 0.0)
                .containsEntry("tamada_rejoin_attempt", 4.0);
    }
}
