package io.tamada.dcs.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.FailoverRequest;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.cluster.SyncState;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberRole;
import io.tamada.core.member.MemberState;
import io.tamada.core.member.MemberTags;
import io.tamada.core.member.PendingRestart;
import io.tamada.core.member.RejoinNote;
import io.tamada.core.member.RejoinRung;
import io.tamada.core.wal.Lsn;
import io.tamada.core.wal.Timeline;
import io.tamada.core.wal.TimelineHistory;
import io.tamada.dcs.kv.Bytes;
import io.tamada.dcs.kv.EtcdKv.KeyValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ClusterViewCodecTest {

    private static final MemberName A = new MemberName("a");

    private final List<String> warnings = new ArrayList<>();
    private final ClusterViewCodec codec = new ClusterViewCodec(warnings::add);
    private final Map<String, KeyValue> keys = new HashMap<>();

    private void put(String name, String value) {
        keys.put(name, new KeyValue(Bytes.utf8(name), Bytes.utf8(value), 3, 5, 7));
    }

    private ClusterView view() {
        return codec.decode(9, keys);
    }

    @Test
    void aMemberSurvivesTheWayThereAndBack() {
        Member member =
                new Member(
                        A,
                        "postgres://10.1.0.11:5432/postgres",
                        "http://10.1.0.11:8008/patroni",
                        MemberState.RUNNING,
                        MemberRole.PRIMARY,
                        "4.1.0",
                        "b7f0",
                        "its storage hangs",
                        new Timeline(3),
                        new Lsn(50_331_984),
                        new Lsn(50_331_900),
                        new Lsn(50_331_800),
                        "streaming",
                        new MemberTags(
                                new TreeMap<>(
                                        Map.of(
                                                "clonefrom",
                                                true,
                                                "failover_priority",
                                                10L,
                                                "weight",
                                                0.5,
                                                "zone",
                                                "x"))),
                        false,
                        PendingRestart.of(
                                new TreeMap<>(
                                        Map.of(
                                                "max_connections",
                                                new PendingRestart.Change("100", "101")))),
                        true,
                        null,
                        null,
                        "postgres://10.1.0.11:6432/postgres");
        Bytes value = MemberCodec.encode(member);
        assertThat(value.text())
                .isEqualTo(
                        "{\"conn_url\":\"postgres://10.1.0.11:5432/postgres\","
                                + "\"api_url\":\"http://10.1.0.11:8008/patroni\","
                                + "\"proxy_url\":\"postgres://10.1.0.11:6432/postgres\","
                                + "\"state\":\"running\",\"role\":\"primary\",\"version\":\"4.1.0\","
                                + "\"checkpoint_after_promote\":false,"
                                + "\"tags\":{\"clonefrom\":true,\"failover_priority\":10,"
                                + "\"weight\":0.5,\"zone\":\"x\"},"
                                + "\"pending_restart\":true,"
                                + "\"pending_restart_reason\":{\"max_connections\":"
                                + "{\"old_value\":\"100\",\"new_value\":\"101\"}},"
                                + "\"xlog_location\":50331984,"
                                + "\"receive_lsn\":50331900,\"replay_lsn\":50331800,"
                                + "\"replication_state\":\"streaming\",\"timeline\":3,"
                                + "\"pause\":true,\"tamada\":{\"identity\":\"b7f0\",\"why_not\":\"its storage hangs\"}}");
        assertThat(MemberCodec.decode(A, value, warnings::add)).isEqualTo(member);
        Member climbing = member.withRejoin(new RejoinNote(RejoinRung.REWIND, 2, "refused"));
        assertThat(MemberCodec.decode(A, MemberCodec.encode(climbing), warnings::add))
                .isEqualTo(climbing);
    }

    @Test
    void everyStateAndRoleSurvives() {
        for (MemberState state : MemberState.values()) {
            assertThat(MemberTexts.state(MemberTexts.of(state))).isEqualTo(state);
        }
        for (MemberRole role : MemberRole.values()) {
            assertThat(MemberTexts.role(MemberTexts.of(role))).isEqualTo(role);
        }
    }

    @Test
    void anOldPatronisMemberIsRead() {
        put(
                "members/a",
                "{\"conn_url\":\"postgres://h:5432/postgres\",\"api_url\":\"http://h:8008/patroni\","
                        + "\"state\":\"running\",\"role\":\"master\",\"version\":\"3.0.2\","
                        + "\"xlog_location\":7,\"timeline\":1,\"new_thing\":{\"x\":[1]}}");
        Member member = Objects.requireNonNull(view().member(A));
        assertThat(member.role()).isEqualTo(MemberRole.PRIMARY);
        assertThat(member.isTamada()).isFalse();
        assertThat(member.checkpointAfterPromote()).isTrue();
        assertThat(member.walLocation()).isEqualTo(new Lsn(7));
        assertThat(warnings).isEmpty();
    }

    @Test
    void aMalformedMemberIsLeftOutAndSaidOnce() {
        put("members/a", "{\"conn_url\":");
        put("members/b", "{\"state\":\"running\",\"role\":\"replica\"}");
        assertThat(view().members()).extracting(Member::name).containsExactly(new MemberName("b"));
        view();
        assertThat(warnings).hasSize(1);
        put("members/a", "[]");
        view();
        assertThat(warnings).hasSize(2);
    }

    @Test
    void unknownStatesAndRolesAreReadWithCaution() {
        put("members/a", "{\"state\":\"levitating\",\"role\":\"king\",\"timeline\":0}");
        Member member = Objects.requireNonNull(view().member(A));
        assertThat(member.state()).isEqualTo(MemberState.STOPPED);
        assertThat(member.role()).isEqualTo(MemberRole.REPLICA);
        assertThat(member.timeline()).isNull();
        assertThat(warnings).hasSize(2);
    }

    @Test
    void aMalformedConfigurationLeavesTheLastGoodOne() {
        put("config", "{\"ttl\":20}");
        assertThat(view().config()).isNotNull();
        put("config", "{\"ttl\":");
        assertThat(Objects.requireNonNull(view().config()).ttl()).isEqualTo(Duration.ofSeconds(20));
        view();
        assertThat(warnings).singleElement().asString().contains("'config'", "last good value");
        keys.remove("config");
        assertThat(view().config()).isNull();
    }

    @Test
    void aMalformedHistoryDoesNotForgetTheTimeline() {
        put(
                "history",
                "[[1,25000000,\"no recovery target specified\"],[2,26000000,\"r\",\"t\",\"n\"]]");
        TimelineHistory history = view().history();
        assertThat(history.current()).isEqualTo(new Timeline(3));
        assertThat(view().historyRevision()).isEqualTo(5);
        for (String broken : List.of("x", "{}", "[1]", "[[0,1,\"r\"]]", "[[1]]")) {
            put("history", broken);
            assertThat(view().history()).isEqualTo(history);
        }
    }

    @Test
    void aHistorySurvivesTheWayThereAndBack() {
        Bytes value =
                Bytes.utf8(
                        "[[1,25000000,\"no recovery target specified\"],"
                                + "[2,26000000,\"r\",\"2026-01-02T03:04:05+00:00\",\"b\"]]");
        TimelineHistory history = Objects.requireNonNull(HistoryCodec.decode(value));
        assertThat(HistoryCodec.encode(history)).isEqualTo(value);
    }

    @Test
    void anInitializeKeyThatIsNoIdentifierIsSomebodysClaim() {
        assertThat(view().initialization()).isEqualTo(new Initialization.Absent());
        put("initialize", "");
        assertThat(view().initialization()).isEqualTo(new Initialization.InProgress(3));
        put("initialize", "what");
        assertThat(view().initialization()).isEqualTo(new Initialization.InProgress(3));
        put("initialize", "7450000000000000001");
        assertThat(view().initialization()).isInstanceOf(Initialization.Done.class);
    }

    @Test
    void aLeaderKeyWithoutAUsableNameIsTakenAllTheSame() {
        put("leader", "");
        assertThat(view().leader()).isNotNull();
        put("leader", "a/b");
        assertThat(view().leader()).isNotNull();
    }

    @Test
    void requestsThatWereTakenBackAreNone() {
        put("failover", "{\"leader\":\"a\",\"member\":\"b\"}");
        FailoverRequest request = view().failover();
        assertThat(request == null ? null : request.toString()).isEqualTo("from a to b");
        put("failover", "{}");
        assertThat(view().failover()).isNull();
        put("sync", "{\"leader\":\"a\",\"sync_standby\":\"b,c\",\"quorum\":1}");
        assertThat(view().sync()).isEqualTo(new SyncState("a", List.of("b", "c"), 1));
        assertThat(view().syncRevision()).isNotZero();
        put("sync", "{\"leader\":null,\"sync_standby\":null}");
        assertThat(view().sync()).isNull();
        put("failsafe", "{\"a\":\"http://a/patroni\"}");
        assertThat(view().failsafe().urls()).containsEntry("a", "http://a/patroni");
    }

    @Test
    void aSynchronousStateIsWrittenAsPatroniWritesIt() {
        SyncState two = new SyncState("a", List.of("c", "b"), 1);
        assertThat(SyncCodec.encode(two).text())
                .isEqualTo("{\"leader\":\"a\",\"sync_standby\":\"b,c\",\"quorum\":1}");
        assertThat(SyncCodec.encode(new SyncState("a", List.of(), 0)).text())
                .isEqualTo("{\"leader\":\"a\",\"sync_standby\":null,\"quorum\":0}");
        put("sync", SyncCodec.encode(two).text());
        assertThat(view().sync()).isEqualTo(new SyncState("a", List.of("b", "c"), 1));
    }

    @Test
    void aSynchronousStateThatCannotBeReadPointsToNobody() {
        put("sync", "{");
        assertThat(view().sync()).isEqualTo(SyncState.UNREADABLE);
        put("sync", "{\"leader\":\"a\",\"sync_standby\":\"b\",\"quorum\":null}");
        assertThat(view().sync()).isEqualTo(new SyncState("a", List.of("b"), 0));
    }

    @Test
    void theLegacyPositionIsReadWhereThereIsNoStatus() {
        put("optime/leader", "42");
        assertThat(view().status().optime()).isEqualTo(new Lsn(42));
        put("status", "{\"optime\":43,\"slots\":{\"b\":41,\"c\":\"x\"},\"retain_slots\":[\"b\"]}");
        assertThat(view().status().optime()).isEqualTo(new Lsn(43));
        assertThat(view().status().slots()).containsOnly(Map.entry("b", new Lsn(41)));
        assertThat(view().status().retainSlots()).containsExactly("b");
    }

    @Test
    void positionsAloneMakeNoDifference() {
        Bytes before = Bytes.utf8("{\"state\":\"running\",\"xlog_location\":1,\"replay_lsn\":1}");
        assertThat(
                        MemberCodec.differBeyondPositions(
                                before, Bytes.utf8("{\"state\":\"running\",\"xlog_location\":2}")))
                .isFalse();
        assertThat(MemberCodec.differBeyondPositions(before, Bytes.utf8("{\"state\":\"stopped\"}")))
                .isTrue();
        assertThat(MemberCodec.differBeyondPositions(before, Bytes.utf8("x"))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "2026-01-02T03:04:05+00:00, 1767323045000",
        "2026-01-02T04:04:05.250000+01:00, 1767323045250",
        "2026-01-02 03:04:05+00:00, 1767323045000",
        "2026-01-02T03:04:05,",
        "tomorrow,"
    })
    void aScheduledTimeCountsWithItsZone(String at, @Nullable Long millis) {
        put("failover", "{\"leader\":\"a\",\"scheduled_at\":\"" + at + "\"}");
        FailoverRequest request = view().failover();
        assertThat(request == null ? "none" : request.scheduledAt()).isEqualTo(at);
        assertThat(request == null ? null : request.scheduledEpochMillis()).isEqualTo(millis);
    }
}
