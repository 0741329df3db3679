package io.tamada.dcs.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.PauseNote;
import io.tamada.core.cluster.RemoteSource;
import io.tamada.core.cluster.SlotSettings;
import io.tamada.core.cluster.SlotSettings.ClusterKind;
import io.tamada.core.cluster.SlotSettings.Logical;
import io.tamada.core.cluster.SlotSettings.Matcher;
import io.tamada.core.cluster.SlotSettings.Permanent;
import io.tamada.core.cluster.SlotSettings.WalBudget;
import io.tamada.core.cluster.SynchronousMode;
import io.tamada.dcs.kv.Bytes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class ClusterConfigCodecTest {

    private final List<String> warnings = new ArrayList<>();

    private ClusterConfig decode(String json) {
        return Objects.requireNonNull(ClusterConfigCodec.decode(Bytes.utf8(json), warnings::add));
    }

    @Test
    void anEmptyObjectIsPatronisDefaults() {
        assertThat(decode("{}")).isEqualTo(ClusterConfig.DEFAULTS);
        assertThat(warnings).isEmpty();
    }

    @Test
    void whatIsSaidOfAPauseIsOneLineAndItsEndHasAZone() {
        PauseNote note =
                decode(
                                """
                                {"tamada":{"pause_reason":" a new\\n kernel\\u001b ",
                                 "pause_until":"2026-08-01T06:00:00+02:00"}}
                                """)
                        .pauseNote();
        assertThat(note).isEqualTo(new PauseNote("a new kernel", "2026-08-01T06:00:00+02:00"));
        assertThat(note.text()).isEqualTo("until 2026-08-01T06:00:00+02:00: a new kernel");
        assertThat(warnings).isEmpty();
        assertThat(decode("{\"tamada\":{\"pause_until\":\"06:00\"}}").pauseNote())
                .isEqualTo(PauseNote.NONE);
        assertThat(warnings)
                .containsExactly(
                        "in the key 'config' of the store: tamada.pause_until is \"06:00\","
                                + " expected a time in ISO 8601 with a zone; none is used instead");
    }

    @Test
    void aStandbyClusterThatNamesNothingToFollowIsSaid() {
        assertThat(decode("{\"standby_cluster\":{\"hots\":\"a\"}}").remote()).isNull();
        assertThat(warnings)
                .hasSize(1)
                .first()
                .asString()
                .contains("host, port or restore_command");
    }

    @Test
    void everySettingIsRead() {
        ClusterConfig config =
                decode(
                        """
                        {"ttl":20,"loop_wait":"5","retry_timeout":3,
                         "maximum_lag_on_failover":"16MB","primary_start_timeout":"2min",
                         "primary_stop_timeout":7,"member_slots_ttl":"1h",
                         "max_timelines_history":4,"check_timeline":"on","pause":true,
                         "failsafe_mode":"yes","synchronous_mode":"quorum",
                         "synchronous_node_count":2,"maximum_lag_on_syncnode":"1MB",
                         "synchronous_mode_strict":true,
                         "tamada":{"rebuild_standby":"off","rebuild_lag":"1GB",
                          "rejoin_patience":"10min"},
                         "postgresql":{"use_pg_rewind":true,"use_slots":false,
                          "remove_data_directory_on_rewind_failure":true,
                          "remove_data_directory_on_diverged_timelines":true,
                          "pg_hba":["local all all trust"],"pg_ident":["m a b"],
                          "recovery_conf":{"restore_command":"cp %f %p",
                           "Recovery_Min_Apply_Delay":5},
                          "custom_conf":"/etc/pg.conf"}}
                        """);
        assertThat(config.ttl()).isEqualTo(Duration.ofSeconds(20));
        assertThat(config.postgres().recoveryConf())
                .isEqualTo(Map.of("restore_command", "cp %f %p", "recovery_min_apply_delay", "5"));
        assertThat(config.postgres().customConf()).isEqualTo("/etc/pg.conf");
        assertThat(config.loopWait()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.retryTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(config.maximumLagOnFailoverBytes()).isEqualTo(16L << 20);
        assertThat(config.primaryStartTimeout()).isEqualTo(Duration.ofMinutes(2));
        assertThat(config.primaryStopTimeout()).isEqualTo(Duration.ofSeconds(7));
        assertThat(config.slots().memberTtl()).isEqualTo(Duration.ofHours(1));
        assertThat(config.maxTimelinesHistory()).isEqualTo(4);
        assertThat(config.checkTimeline()).isTrue();
        assertThat(config.pause()).isTrue();
        assertThat(config.failsafeMode()).isTrue();
        assertThat(config.synchronous())
                .isEqualTo(new ClusterConfig.Synchronous(SynchronousMode.QUORUM, true, 2, 1 << 20));
        assertThat(config.standbyCluster()).isFalse();
        assertThat(config.rejoin())
                .isEqualTo(new ClusterConfig.Rejoin(false, 1L << 30, Duration.ofMinutes(10)));
        assertThat(config.postgres().usePgRewind()).isTrue();
        assertThat(config.postgres().useSlots()).isFalse();
        assertThat(config.postgres().removeDataDirectoryOnRewindFailure()).isTrue();
        assertThat(config.postgres().removeDataDirectoryOnDivergedTimelines()).isTrue();
        assertThat(config.postgres().hba()).containsExactly("local all all trust");
        assertThat(config.postgres().ident()).containsExactly("m a b");
        assertThat(warnings).isEmpty();
    }

    @Test
    void oldNamesCountWhereTheNewOnesAreAbsent() {
        assertThat(decode("{\"master_start_timeout\":60}").primaryStartTimeout())
                .isEqualTo(Duration.ofSeconds(60));
        assertThat(
                        decode("{\"master_stop_timeout\":60,\"primary_stop_timeout\":5}")
                                .primaryStopTimeout())
                .isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void parametersAreTextsAsPostgresReadsThem() {
        ClusterConfig config =
                decode(
                        """
                        {"postgresql":{"parameters":{"Max_Connections":100,"hot_standby":true,
                         "fsync":false,"seq_page_cost":1.10,"archive_command":"cp %p /x",
                         "work_mem":null,"bad":[1]}}}
                        """);
        assertThat(config.postgres().parameters())
                .isEqualTo(
                        Map.of(
                                "max_connections", "100",
                                "hot_standby", "on",
                                "fsync", "off",
                                "seq_page_cost", "1.10",
                                "archive_command", "cp %p /x"));
        assertThat(warnings).singleElement().asString().contains("parameters.bad", "[1]");
    }

    @Test
    void aWrongValueHasItsDefaultAndAWarningThatSaysWhat() {
        ClusterConfig config =
                decode(
                        """
                        {"ttl":"soon","loop_wait":-1,"retry_timeout":0,"synchronous_mode":"maybe",
                         "pause":"perhaps","maximum_lag_on_failover":"1XB",
                         "max_timelines_history":1.5,"member_slots_ttl":"9999999999d",
                         "postgresql":{"pg_hba":"all"}}
                        """);
        assertThat(config.ttl()).isEqualTo(ClusterConfig.DEFAULTS.ttl());
        assertThat(config.loopWait()).isEqualTo(ClusterConfig.DEFAULTS.loopWait());
        assertThat(config.retryTimeout()).isEqualTo(ClusterConfig.DEFAULTS.retryTimeout());
        assertThat(config.synchronous().mode()).isEqualTo(SynchronousMode.OFF);
        assertThat(config.pause()).isFalse();
        assertThat(config.slots().memberTtl())
                .isEqualTo(ClusterConfig.DEFAULTS.slots().memberTtl());
        assertThat(warnings).hasSize(9);
        assertThat(warnings)
                .contains(
                        "in the key 'config' of the store: ttl is \"soon\", expected a number of"
                                + " seconds above zero; 30 s is used instead");
    }

    @Test
    void slotsAreReadAsPatroniReadsThemAndTheBudgetFromOurOwnObject() {
        ClusterConfig config =
                decode(
                        """
                        {"slots":{"a":{},"b":{"type":"physical","cluster_type":"standby"},
                          "c":{"database":"d","plugin":"pgoutput"},"Bad":{},
                          "e":{"type":"logical"},"f":7},
                         "ignore_slots":[{"name":"x","type":"logical"},{"type":"odd"}],
                         "tamada":{"storage_timeout":"1min","slot_wal_budget":"10GB",
                          "slot_wal_time":"12h"}}
                        """);
        assertThat(config.storageTimeout()).isEqualTo(Duration.ofMinutes(1));
        TreeMap<String, Permanent> permanent = new TreeMap<>();
        permanent.put("a", new Permanent(null, ClusterKind.ANY));
        permanent.put("b", new Permanent(null, ClusterKind.STANDBY));
        permanent.put("c", new Permanent(new Logical("d", "pgoutput"), ClusterKind.ANY));
        assertThat(config.slots())
                .isEqualTo(
                        new SlotSettings(
                                Duration.ofMinutes(30),
                                permanent,
                                List.of(new Matcher("x", false, null, null)),
                                new WalBudget(10L << 30, null, Duration.ofHours(12))));
        assertThat(warnings)
                .hasSize(4)
                .anyMatch(w -> w.contains("slots.Bad is {}, expected a name"))
                .anyMatch(w -> w.contains("slots.e"))
                .anyMatch(w -> w.contains("slots.f"))
                .anyMatch(w -> w.contains("ignore_slots"));
    }

    @Test
    void aBudgetMayBeAPartOfTheRoom() {
        assertThat(decode("{\"tamada\":{\"slot_wal_budget\":\"50%\"}}").slots().budget())
                .isEqualTo(new WalBudget(null, 50, Duration.ZERO));
        assertThat(decode("{\"tamada\":{\"slot_wal_budget\":\"lots\"}}").slots().budget())
                .isEqualTo(WalBudget.UNLIMITED);
        assertThat(warnings).singleElement().asString().contains("tamada.slot_wal_budget");
    }

    @Test
    void aStandbyClusterHasNoSynchronousMode() {
        ClusterConfig config =
                decode(
                        """
                        {"synchronous_mode":true,
                         "standby_cluster":{"host":"x","port":"5433","primary_slot_name":"s",
                          "create_replica_methods":["wal_g","basebackup"],
                          "restore_command":"r","archive_cleanup_command":"c",
                          "recovery_min_apply_delay":"5min"}}
                        """);
        assertThat(config.remote())
                .isEqualTo(
                        new RemoteSource(
                                "x", 5433, "s", List.of("wal_g", "basebackup"), "r", "c", "5min"));
        assertThat(config.synchronous().isOn()).isFalse();
        assertThat(warnings).isEmpty();
    }

    @Test
    void aStandbyClusterNeedsASource() {
        assertThat(decode("{\"standby_cluster\":{}}").standbyCluster()).isFalse();
        assertThat(decode("{\"standby_cluster\":null}").standbyCluster()).isFalse();
        assertThat(decode("{\"standby_cluster\":{\"restore_command\":\"x\"}}").standbyCluster())
                .isTrue();
    }

    @Test
    void theDocumentIsKeptAsItWas() {
        String json = "{ \"ttl\" : 20, \"unknown\": [1, 2] }";
        assertThat(decode(json).json()).isEqualTo(json);
    }
}
