package io.tamada.rest.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.cluster.SyncState;
import io.tamada.core.cluster.SynchronousMode;
import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberState;
import io.tamada.core.member.MemberTags;
import io.tamada.core.postgres.ClientGate;
import io.tamada.core.postgres.ProbeBoard.Reading;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.Storage;
import io.tamada.core.time.Monotonic;
import io.tamada.core.wal.Lsn;
import io.tamada.rest.World;
import io.tamada.rest.health.HealthFacts.LeaseCover;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HealthRulesTest {

    private final World world = new World();
    private final Monotonic startedAt = world.now;

    private HealthVerdict judge(HealthCheck check) {
        return judge(check, Map.of());
    }

    private HealthVerdict judge(HealthCheck check, Map<String, String> query) {
        HealthFacts facts =
                new HealthFacts(
                        new MemberName("node-a"),
                        world.tags,
                        world.snapshots.latest(),
                        world.probe.latest(),
                        world.deadline.covers(world.now)
                                ? LeaseCover.MAY_WRITE
                                : LeaseCover.MAY_NOT_WRITE,
                        world.now,
                        startedAt);
        return HealthRules.judge(check, HealthParameters.of(query), facts);
    }

    private void tag(String key, Object value) {
        TreeMap<String, Object> tags = new TreeMap<>(world.tags.all());
        tags.put(key, value);
        world.tags = new MemberTags(tags);
    }

    private void listed(SynchronousMode mode) {
        world.synchronousMode = mode;
        world.sync = new SyncState("node-b", List.of("NODE-A"), 1);
    }

    @Test
    void aPrimaryWithALeaseIsHealthyWhereAPrimaryIsAskedFor() {
        world.primary();
        assertThat(judge(HealthCheck.PRIMARY)).isEqualTo(HealthVerdict.HEALTHY);
        assertThat(judge(HealthCheck.LEADER)).isEqualTo(HealthVerdict.HEALTHY);
        assertThat(judge(HealthCheck.READ_ONLY)).isEqualTo(HealthVerdict.HEALTHY);
        assertThat(judge(HealthCheck.READ_ONLY_SYNC)).isEqualTo(HealthVerdict.HEALTHY);
        assertThat(judge(HealthCheck.READ_ONLY_QUORUM)).isEqualTo(HealthVerdict.HEALTHY);
        assertThat(judge(HealthCheck.HEALTH)).isEqualTo(HealthVerdict.HEALTHY);
        assertThat(judge(HealthCheck.READINESS)).isEqualTo(HealthVerdict.HEALTHY);
        assertThat(judge(HealthCheck.STANDBY_LEADER)).isEqualTo(HealthVerdict.NO_STANDBY_CLUSTER);
        assertThat(judge(HealthCheck.REPLICA)).isEqualTo(HealthVerdict.NOT_IN_RECOVERY);
        assertThat(judge(HealthCheck.SYNC)).isEqualTo(HealthVerdict.NOT_SYNC);
        assertThat(judge(HealthCheck.QUORUM)).isEqualTo(HealthVerdict.NOT_QUORUM);
        assertThat(judge(HealthCheck.ASYNC)).isEqualTo(HealthVerdict.NOT_IN_RECOVERY);
    }

    @Test
    void aServerOnADeadDiskIsNotHealthyButASlowDiskIsNotDead() {
        world.storage = new Storage(new Storage.Late(world.now), null, null);
        world.primary();
        world.pass(Duration.ofSeconds(29));
        world.primary();
        assertThat(judge(HealthCheck.HEALTH)).isEqualTo(HealthVerdict.HEALTHY);
        world.pass(Duration.ofSeconds(1));
        world.primary();
        assertThat(judge(HealthCheck.HEALTH)).isEqualTo(HealthVerdict.STORAGE_FAILS);
        // Whom nobody can replace still serves what can be read.
        assertThat(judge(HealthCheck.PRIMARY)).isEqualTo(HealthVerdict.HEALTHY);
    }

    @Test
    void aPrimaryFailsInTheInstantItsLeaseRunsOutAlthoughTheServerStillRuns() {
        world.primary();
        world.pass(Duration.ofSeconds(30).minusNanos(1));
        world.probe.publish(new Reading(world.primaryStatus(), world.now, MemberState.RUNNING));
        assertThat(judge(HealthCheck.PRIMARY)).isEqualTo(HealthVerdict.HEALTHY);
        world.pass(Duration.ofNanos(1));
        assertThat(judge(HealthCheck.PRIMARY)).isEqualTo(HealthVerdict.NOT_LEADER);
        assertThat(judge(HealthCheck.LEADER)).isEqualTo(HealthVerdict.NOT_LEADER);
        assertThat(judge(HealthCheck.READ_ONLY)).isEqualTo(HealthVerdict.NOT_IN_RECOVERY);
    }

    @Test
    void aProbeReadingOfTwoSecondsProvesNothing() {
        world.primary();
        world.pass(Duration.ofSeconds(2).minusNanos(1));
        assertThat(judge(HealthCheck.PRIMARY)).isEqualTo(HealthVerdict.HEALTHY);
        world.pass(Duration.ofNanos(1));
        assertThat(judge(HealthCheck.PRIMARY)).isEqualTo(HealthVerdict.NO_RECENT_ANSWER);
        assertThat(judge(HealthCheck.HEALTH)).isEqualTo(HealthVerdict.NO_RECENT_ANSWER);
        assertThat(judge(HealthCheck.LEADER)).isEqualTo(HealthVerdict.HEALTHY);
        world.standby();
        world.pass(Duration.ofSeconds(2));
        assertThat(judge(HealthCheck.REPLICA)).isEqualTo(HealthVerdict.NO_RECENT_ANSWER);
        assertThat(judge(HealthCheck.READ_ONLY)).isEqualTo(HealthVerdict.NO_RECENT_ANSWER);
        assertThat(judge(HealthCheck.READINESS)).isEqualTo(HealthVerdict.NO_RECENT_ANSWER);
    }

    @Test
    void aPrimaryWhoseGateIsShutAttractsNobody() {
        world.synchronous = new ServerStatus.Synchronous("b", ClientGate.SHUT, true);
        world.primary();
        assertThat(judge(HealthCheck.PRIMARY)).isEqualTo(HealthVerdict.GATE_SHUT);
        assertThat(judge(HealthCheck.READ_ONLY)).isEqualTo(HealthVerdict.NOT_IN_RECOVERY);
    }

    @Test
    void aLeaderThatIsStillInRecoveryIsNoPrimaryYet() {
        world.standby();
        world.deadline.extend(world.now.plus(Duration.ofSeconds(30)), world.timing());
        assertThat(judge(HealthCheck.PRIMARY)).isEqualTo(HealthVerdict.IN_RECOVERY);
        assertThat(judge(HealthCheck.LEADER)).isEqualTo(HealthVerdict.HEALTHY);
        assertThat(judge(HealthCheck.REPLICA)).isEqualTo(HealthVerdict.HEALTHY);
    }

    @Test
    void aServerThatIsBeingStoppedIsNotHealthyEvenIfItAnswered() {
        world.primary();
        world.probe.publish(new Reading(world.primaryStatus(), world.now, MemberState.STOPPING));
        assertThat(judge(HealthCheck.PRIMARY)).isEqualTo(HealthVerdict.NO_RECENT_ANSWER);
        assertThat(judge(HealthCheck.HEALTH)).isEqualTo(HealthVerdict.NO_RECENT_ANSWER);
    }

    @Test
    void aStandbyIsHealthyWhereAReplicaIsAskedFor() {
        world.standby();
        assertThat(judge(HealthCheck.REPLICA)).isEqualTo(HealthVerdict.HEALTHY);
        assertThat(judge(HealthCheck.READ_ONLY)).isEqualTo(HealthVerdict.HEALTHY);
        assertThat(judge(HealthCheck.ASYNC)).isEqualTo(HealthVerdict.HEALTHY);
        assertThat(judge(HealthCheck.HEALTH)).isEqualTo(HealthVerdict.HEALTHY);
        assertThat(judge(HealthCheck.READINESS)).isEqualTo(HealthVerdict.HEALTHY);
        assertThat(judge(HealthCheck.PRIMARY)).isEqualTo(HealthVerdict.NOT_LEADER);
        assertThat(judge(HealthCheck.LEADER)).isEqualTo(HealthVerdict.NOT_LEADER);
        assertThat(judge(HealthCheck.STANDBY_LEADER)).isEqualTo(HealthVerdict.NOT_LEADER);
        assertThat(judge(HealthCheck.SYNC)).isEqualTo(HealthVerdict.NOT_SYNC);
        assertThat(judge(HealthCheck.READ_ONLY_SYNC)).isEqualTo(HealthVerdict.NOT_SYNC);
        assertThat(judge(HealthCheck.QUORUM)).isEqualTo(HealthVerdict.NOT_QUORUM);
        assertThat(judge(HealthCheck.READ_ONLY_QUORUM)).isEqualTo(HealthVerdict.NOT_QUORUM);
    }

    @Test
    void aListedStandbyIsSynchronousWhateverTheCaseOfItsName() {
        listed(SynchronousMode.ON);
        world.standby();
        assertThat(judge(HealthCheck.SYNC)).isEqualTo(HealthVerdict.HEALTHY);
        assertThat(judge(HealthCheck.READ_ONLY_SYNC)).isEqualTo(HealthVerdict.HEALTHY);
        assertThat(judge(HealthCheck.ASYNC)).isEqualTo(HealthVerdict.NOT_ASYNC);
        assertThat(judge(HealthCheck.QUORUM)).isEqualTo(HealthVerdict.NOT_QUORUM);
    }

    @Test
    void inQuorumModeAListedStandbyIsAVoterAndNotSynchronous() {
        listed(SynchronousMode.QUORUM);
        world.standby();
        assertThat(judge(HealthCheck.QUORUM)).isEqualTo(HealthVerdict.HEALTHY);
        assertThat(judge(HealthCheck.READ_ONLY_QUORUM)).isEqualTo(HealthVerdict.HEALTHY);
        assertThat(judge(HealthCheck.SYNC)).isEqualTo(HealthVerdict.NOT_SYNC);
        assertThat(judge(HealthCheck.ASYNC)).isEqualTo(HealthVerdict.NOT_ASYNC);
    }

    @Test
    void aSyncKeyLeftOverFromEarlierSaysNothingWhileTheModeIsOff() {
        listed(SynchronousMode.OFF);
        world.standby();
        assertThat(judge(HealthCheck.SYNC)).isEqualTo(HealthVerdict.NOT_SYNC);
        assertThat(judge(HealthCheck.ASYNC)).isEqualTo(HealthVerdict.HEALTHY);
    }

    @Test
    void withoutAViewNobodyIsSynchronousOrAsynchronous() {
        world.viewKnown = false;
        world.standby();
        assertThat(judge(HealthCheck.ASYNC)).isEqualTo(HealthVerdict.NO_CLUSTER_VIEW);
        assertThat(judge(HealthCheck.SYNC)).isEqualTo(HealthVerdict.NO_CLUSTER_VIEW);
        assertThat(judge(HealthCheck.REPLICA)).isEqualTo(HealthVerdict.HEALTHY);
        assertThat(judge(HealthCheck.REPLICA, Map.of("lag", "1MB")))
                .isEqualTo(HealthVerdict.NO_CLUSTER_VIEW);
        assertThat(judge(HealthCheck.READINESS)).isEqualTo(HealthVerdict.NO_CLUSTER_VIEW);
    }

    @Test
    void noLoadBalanceTakesAStandbyOutOfReading() {
        tag("noloadbalance", true);
        world.standby();
        assertThat(judge(HealthCheck.REPLICA)).isEqualTo(HealthVerdict.NO_LOAD_BALANCE);
        assertThat(judge(HealthCheck.READ_ONLY)).isEqualTo(HealthVerdict.NO_LOAD_BALANCE);
        assertThat(judge(HealthCheck.ASYNC)).isEqualTo(HealthVerdict.NO_LOAD_BALANCE);
        assertThat(judge(HealthCheck.HEALTH)).isEqualTo(HealthVerdict.HEALTHY);
        world.primary();
        assertThat(judge(HealthCheck.PRIMARY)).isEqualTo(HealthVerdict.HEALTHY);
        assertThat(judge(HealthCheck.READ_ONLY)).isEqualTo(HealthVerdict.HEALTHY);
    }

    @Test
    void theLagOfAStandbyIsMeasuredAtWhatItHasReplayed() {
        world.replayed = new Lsn(World.LEADER_LSN.value() - 1024);
        world.standby();
        assertThat(judge(HealthCheck.REPLICA, Map.of("lag", "1kB")))
                .isEqualTo(HealthVerdict.HEALTHY);
        assertThat(judge(HealthCheck.REPLICA, Map.of("lag", "1024")))
                .isEqualTo(HealthVerdict.HEALTHY);
        assertThat(judge(HealthCheck.REPLICA, Map.of("lag", "1023")))
                .isEqualTo(HealthVerdict.LAGGING);
        assertThat(judge(HealthCheck.READ_ONLY, Map.of("lag", "1023")))
                .isEqualTo(HealthVerdict.LAGGING);
        assertThat(judge(HealthCheck.ASYNC, Map.of("lag", "0"))).isEqualTo(HealthVerdict.LAGGING);
        assertThat(judge(HealthCheck.REPLICA, Map.of("lag", "much")))
                .isEqualTo(HealthVerdict.HEALTHY);
    }

    @Test
    void aStandbyAheadOfTheLeadersLastWordDoesNotLag() {
        world.replayed = new Lsn(World.LEADER_LSN.value() + 1_000_000);
        world.standby();
        assertThat(judge(HealthCheck.REPLICA, Map.of("lag", "0"))).isEqualTo(HealthVerdict.HEALTHY);
    }

    @Test
    void theReplicationStateIsComparedWhenAskedFor() {
        world.standby();
        assertThat(judge(HealthCheck.REPLICA, Map.of("replication_state", "streaming")))
                .isEqualTo(HealthVerdict.HEALTHY);
        world.streaming = false;
        world.standby();
        assertThat(judge(HealthCheck.REPLICA)).isEqualTo(HealthVerdict.HEALTHY);
        assertThat(judge(HealthCheck.REPLICA, Map.of("replication_state", "streaming")))
                .isEqualTo(HealthVerdict.REPLICATION_STATE_DIFFERS);
    }

    @Test
    void tagsThatAreAskedForMustBeThere() {
        tag("zone", "north");
        tag("backup", true);
        tag("rank", 7L);
        world.standby();
        assertThat(judge(HealthCheck.REPLICA, Map.of("tag_zone", "north", "tag_backup", "true")))
                .isEqualTo(HealthVerdict.HEALTHY);
        assertThat(judge(HealthCheck.ASYNC, Map.of("tag_rank", "7")))
                .isEqualTo(HealthVerdict.HEALTHY);
        assertThat(judge(HealthCheck.REPLICA, Map.of("tag_zone", "south")))
                .isEqualTo(HealthVerdict.TAG_DIFFERS);
        assertThat(judge(HealthCheck.READ_ONLY, Map.of("tag_absent", "null")))
                .isEqualTo(HealthVerdict.TAG_DIFFERS);
        world.primary();
        assertThat(judge(HealthCheck.PRIMARY, Map.of("tag_zone", "south")))
                .isEqualTo(HealthVerdict.HEALTHY);
        assertThat(judge(HealthCheck.READ_ONLY, Map.of("tag_zone", "south")))
                .isEqualTo(HealthVerdict.TAG_DIFFERS);
    }

    @Test
    void aStandbyClusterHasAStandbyLeaderAndNoPrimary() {
        world.standbyCluster = true;
        world.standby();
        world.deadline.extend(world.now.plus(Duration.ofSeconds(30)), world.timing());
        assertThat(judge(HealthCheck.STANDBY_LEADER)).isEqualTo(HealthVerdict.HEALTHY);
        assertThat(judge(HealthCheck.LEADER)).isEqualTo(HealthVerdict.HEALTHY);
        assertThat(judge(HealthCheck.PRIMARY)).isEqualTo(HealthVerdict.STANDBY_CLUSTER);
        assertThat(judge(HealthCheck.REPLICA)).isEqualTo(HealthVerdict.NOT_IN_RECOVERY);
        assertThat(judge(HealthCheck.READ_ONLY)).isEqualTo(HealthVerdict.HEALTHY);
    }

    @ParameterizedTest
    @EnumSource(value = HealthCheck.class, mode = EnumSource.Mode.EXCLUDE, names = "LIVENESS")
    void beforeTheFirstRoundNothingIsHealthy(HealthCheck check) {
        world.probe.publish(new Reading(world.primaryStatus(), world.now, MemberState.RUNNING));
        world.deadline.extend(world.now.plus(Duration.ofSeconds(30)), world.timing());
        assertThat(judge(check)).isEqualTo(HealthVerdict.STARTING);
    }

    @Test
    void anAgentThatStartsIsAliveForOneTtl() {
        assertThat(judge(HealthCheck.LIVENESS)).isEqualTo(HealthVerdict.HEALTHY);
        world.pass(Duration.ofSeconds(30));
        assertThat(judge(HealthCheck.LIVENESS)).isEqualTo(HealthVerdict.LOOP_LATE);
    }

    @Test
    void aLoopThatStandsStillIsDeadAfterOneTtlOnAPrimaryAndTwoOnAStandby() {
        world.primary();
        world.pass(Duration.ofSeconds(30).minusNanos(1));
        assertThat(judge(HealthCheck.LIVENESS)).isEqualTo(HealthVerdict.HEALTHY);
        world.pass(Duration.ofNanos(1));
        assertThat(judge(HealthCheck.LIVENESS)).isEqualTo(HealthVerdict.LOOP_LATE);
        world.standby();
        world.pass(Duration.ofSeconds(60).minusNanos(1));
        assertThat(judge(HealthCheck.LIVENESS)).isEqualTo(HealthVerdict.HEALTHY);
        world.pass(Duration.ofNanos(1));
        assertThat(judge(HealthCheck.LIVENESS)).isEqualTo(HealthVerdict.LOOP_LATE);
        world.pause = true;
        world.standby();
        world.pass(Duration.ofHours(1));
        assertThat(judge(HealthCheck.LIVENESS)).isEqualTo(HealthVerdict.HEALTHY);
    }

    @Test
    void readinessNeedsAStreamingStandbyWithinTheLimit() {
        world.replayed = new Lsn(World.LEADER_LSN.value() - 1_048_576);
        world.standby();
        assertThat(judge(HealthCheck.READINESS)).isEqualTo(HealthVerdict.HEALTHY);
        world.replayed = new Lsn(World.LEADER_LSN.value() - 1_048_577);
        world.standby();
        assertThat(judge(HealthCheck.READINESS)).isEqualTo(HealthVerdict.LAGGING);
        assertThat(judge(HealthCheck.READINESS, Map.of("lag", "2MB")))
                .isEqualTo(HealthVerdict.HEALTHY);
        assertThat(judge(HealthCheck.READINESS, Map.of("mode", "write")))
                .isEqualTo(HealthVerdict.HEALTHY);
        world.streaming = false;
        world.standby();
        assertThat(judge(HealthCheck.READINESS)).isEqualTo(HealthVerdict.NOT_STREAMING);
    }

    @Test
    void onlyHealthyIs200() {
        for (HealthVerdict verdict : HealthVerdict.values()) {
            assertThat(verdict.httpStatus())
                    .isEqualTo(verdict == HealthVerdict.HEALTHY ? 200 : 503);
        }
    }
}
