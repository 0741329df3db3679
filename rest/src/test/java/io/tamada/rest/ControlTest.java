package io.tamada.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.FailoverRequest;
import io.tamada.core.cluster.SyncState;
import io.tamada.core.cluster.SynchronousMode;
import io.tamada.core.failover.PeerReport;
import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberTags;
import io.tamada.core.order.Order;
import io.tamada.core.order.OrderBoard;
import io.tamada.core.port.ControlStore;
import io.tamada.core.postgres.ServerProcess;
import io.tamada.core.wal.Timeline;
import io.tamada.rest.control.ControlApi;
import java.io.IOException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Commands over the wire, in Patroni's words.
class ControlTest {

    private static final MemberName B = new MemberName("node-b");
    private static final PeerReport READY =
            new PeerReport.Answered(
                    B, false, Timeline.FIRST, World.LEADER_LSN, MemberTags.NONE, false);

    private final World world = new World();
    private int port;
    private RestServer server =
            new RestServer(world.settings(), world.api(), world.failsafe(), world.control());

    @BeforeEach
    void serve() {
        world.process = new ServerProcess.Answering(world.primaryStatus());
        world.primary();
        world.peerReports = List.of(READY);
        world.store.config =
                new ControlStore.StoredConfig("{\"ttl\":30,\"slots\":{\"a\":null}}", 4);
        restart();
    }

    private void restart() {
        server.stop();
        server = new RestServer(world.settings(), world.api(), world.failsafe(), world.control());
        port = ((RestServer.Started.Listening) server.start()).port();
    }

    @AfterEach
    void stop() {
        server.stop();
    }

    private Wire.Reply command(String method, String path, String body) throws IOException {
        return Wire.command(port, method, path, body);
    }

    private void assertReply(String method, String path, String body, int status, String text)
            throws IOException {
        Wire.Reply reply = command(method, path, body);
        assertThat(reply.status()).as(reply.body()).isEqualTo(status);
        assertThat(reply.body()).isEqualTo(text);
    }

    private ClusterView ledBy(MemberName leader) {
        MemberName before = world.leader;
        world.leader = leader;
        ClusterView view = world.view();
        world.leader = before;
        return view;
    }

    @Test
    void aSwitchoverIsAnsweredWithWhatCameOfIt() throws IOException {
        world.failover = new FailoverRequest("node-a", "node-b", null, null, 9);
        ClusterView pending = world.view();
        world.failover = null;
        world.store.thenShows(pending, ledBy(B));
        assertReply(
                "POST",
                "/switchover",
                "{\"leader\":\"node-a\",\"candidate\":\"node-b\"}",
                200,
                "Successfully switched over to \"node-b\"");
        assertThat(world.store.requests).containsExactly("node-a -> node-b");
        assertThat(world.askedMembers).extracting(m -> m.name()).containsExactly(B);
    }

    @Test
    void aRequestThatTheLeaderTakesBackHasFailed() throws IOException {
        world.store.thenShows(world.view());
        assertReply("POST", "/switchover", "{\"leader\":\"node-a\"}", 503, "Switchover failed");
    }

    @Test
    void whoLeadsInsteadIsSaid() throws IOException {
        world.store.thenShows(ledBy(new MemberName("node-c")));
        assertReply(
                "POST",
                "/failover",
                "{\"member\":\"node-b\"}",
                200,
                "Failed over to \"node-c\" instead of \"node-b\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    /failover   | {}                                           | 400 | Failover could be performed only to a specific candidate
                    /switchover | {}                                           | 400 | Switchover could be performed only from a specific leader
                    /switchover | {"leader":"node-a","candidate":"node-a"}     | 400 | Switchover target and source are the same
                    /failover   | {"candidate":"node-b","scheduled_at":"2099-01-01T00:00:00Z"} | 400 | Failover can't be scheduled
                    /switchover | {"leader":"node-x"}                          | 412 | leader name does not match
                    /switchover | {"leader":"node-a","candidate":"node-x"}     | 412 | candidate does not exists
                    /switchover | {"leader":"node-a","scheduled_at":"2019-01-01T00:00:00Z"} | 422 | Cannot schedule switchover in the past
                    /switchover | {"leader":"node-a","scheduled_at":"2099-01-01T00:00:00"} | 400 | Timezone information is mandatory for the scheduled switchover
                    /switchover | {"leader":"node-a","scheduled_at":"tomorrow"} | 422 | Unable to parse scheduled timestamp. It should be in an unambiguous format, e.g. ISO 8601
                    """)
    void whatCannotBeDoneIsRefusedInPatronisWords(String path, String body, int status, String text)
            throws IOException {
        assertReply("POST", path, body, status, text);
        assertThat(world.store.requests).isEmpty();
    }

    @Test
    void quorumIsRefusedBesideAPatroniThatDoesNotKnowIt() throws IOException {
        world.patroniVersion = "3.3.2";
        world.publish();
        assertReply(
                "PATCH",
                "/config",
                "{\"synchronous_mode\":\"quorum\"}",
                422,
                "synchronous_mode: quorum: node-b runs Patroni 3.3.2, which does not know it; from"
                        + " 4.0 on it does");
        world.patroniVersion = "4.0.7";
        world.publish();
        assertThat(command("PATCH", "/config", "{\"synchronous_mode\":\"quorum\"}").status())
                .isEqualTo(200);
    }

    @Test
    void aCandidateThatNobodyCanReachIsNoCandidate() throws IOException {
        world.peerReports = List.of(new PeerReport.Unreachable(B, "no answer"));
        assertReply(
                "POST",
                "/switchover",
                "{\"leader\":\"node-a\"}",
                412,
                "switchover is not possible: no good candidates have been found");
    }

    @Test
    void inSynchronousModeOnlyASynchronousStandbyIsSwitchedTo() throws IOException {
        world.synchronousMode = SynchronousMode.ON;
        world.sync = new SyncState("node-a", List.of(), 0);
        world.publish();
        assertReply(
                "POST",
                "/switchover",
                "{\"leader\":\"node-a\",\"candidate\":\"node-b\"}",
                412,
                "candidate name does not match with sync_standby");
        assertReply(
                "POST",
                "/switchover",
                "{\"leader\":\"node-a\"}",
                412,
                "switchover is not possible: can not find sync_standby");
    }

    @Test
    void aScheduledSwitchoverIsWrittenAndTakenBack() throws IOException {
        assertReply(
                "POST",
                "/switchover",
                "{\"leader\":\"node-a\",\"scheduled_at\":\"2099-01-02 03:04+02\"}",
                202,
                "Switchover scheduled");
        assertThat(world.store.requests)
                .containsExactly("node-a -> null 2099-01-02T03:04:00+02:00");
        assertReply("DELETE", "/switchover", "", 404, "no switchover is scheduled");

        world.failover = new FailoverRequest("node-a", null, "2099-01-02T03:04:00Z", 1L, 12);
        world.publish();
        assertReply("DELETE", "/switchover", "", 200, "scheduled switchover deleted");
        assertThat(world.store.requests).contains("clear 12");
        world.store.overtaken = true;
        assertThat(command("DELETE", "/switchover", "").status()).isEqualTo(409);
    }

    @Test
    void inPauseACandidateMustBeNamedAndNothingIsScheduled() throws IOException {
        world.pause = true;
        world.publish();
        assertReply(
                "POST",
                "/switchover",
                "{\"leader\":\"node-a\"}",
                400,
                "Switchover is possible only to a specific candidate in a paused state");
        assertReply(
                "POST",
                "/switchover",
                "{\"leader\":\"node-a\",\"scheduled_at\":\"2099-01-01T00:00:00Z\"}",
                400,
                "Can't schedule switchover in the paused state");
        assertReply(
                "POST",
                "/restart",
                "{\"schedule\":\"2099-01-01T00:00:00Z\"}",
                500,
                "Can't schedule restart in the paused state");
    }

    @Test
    void theConfigurationIsPatchedAsItIsStored() throws IOException {
        assertReply(
                "PATCH",
                "/config",
                "{\"ttl\":20,\"loop_wait\":null,\"postgresql\":{\"parameters\":{\"work_mem\":\"8MB\"}}}",
                200,
                "{\"ttl\":20,\"slots\":{\"a\":null},\"postgresql\":{\"parameters\":{\"work_mem\":\"8MB\"}}}");
        assertThat(Objects.requireNonNull(world.store.config).revision()).isEqualTo(5);
        assertThat(command("PATCH", "/config", "{\"ttl\":\"20\"}").status()).isEqualTo(200);
        assertThat(Objects.requireNonNull(world.store.config).revision())
                .as("the same value in another spelling is no change")
                .isEqualTo(5);
    }

    @Test
    void whoChangesTheConfigurationIsRemembered() throws IOException {
        command("PATCH", "/config", "{\"ttl\":20}");
        Wire.command(
                port,
                "PUT",
                "/config",
                "{\"ttl\":21}",
                ControlApi.OPERATOR_HEADER + ": alice@ops1");
        assertThat(world.store.authors)
                .extracting(author -> author.how() + " by " + author.by())
                .containsExactly(
                        "PATCH /config by 127.0.0.1", "PUT /config by alice@ops1 (127.0.0.1)");
    }

    @Test
    void aPatchThatWasOvertakenIsRefusedAndWithoutAConfigurationThereIsNothingToPatch()
            throws IOException {
        world.store.overtaken = true;
        assertThat(command("PATCH", "/config", "{\"ttl\":20}").status()).isEqualTo(409);
        world.store.config = null;
        assertThat(command("PATCH", "/config", "{\"ttl\":20}").status()).isEqualTo(503);
        assertReply("PUT", "/config", "{\"ttl\":21}", 200, "{\"ttl\":21}");
    }

    @Test
    void whatTheServerCouldNotStartWithIsNotWritten() throws IOException {
        String mistake = "max_connections: 0 is outside the valid range";
        world.check = json -> json.contains("20") ? List.of(mistake) : List.of();
        assertReply("PATCH", "/config", "{\"ttl\":20}", 422, mistake);
        assertThat(Objects.requireNonNull(world.store.config).revision()).isEqualTo(4);
    }

    @Test
    void whatWasWrongBeforeKeepsNobodyFromAPause() throws IOException {
        world.check = _ -> List.of("ttl is \"abc\", expected a number of seconds above zero");
        assertThat(command("PATCH", "/config", "{\"pause\":true}").status()).isEqualTo(200);
        assertThat(command("PUT", "/config", "{\"ttl\":\"abc\"}").status()).isEqualTo(422);
    }

    @Test
    void whatRunsACommandNeedsCredentials() throws IOException {
        String patch = "{\"postgresql\":{\"parameters\":{\"archive_command\":\"touch /tmp/x\"}}}";
        Wire.Reply refused = command("PATCH", "/config", patch);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.body()).contains("postgresql.parameters.archive_command");

        world.login = new RestSettings.Login("u", "p");
        restart();
        assertThat(
                        Wire.command(port, "PATCH", "/config", patch, "Authorization: Basic dTpw")
                                .status())
                .isEqualTo(200);
    }

    @Test
    void aRestartIsAnsweredWhenItHasEnded() throws Exception {
        Thread loop =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    while (world.orders.latest() == null) {
                                        Thread.onSpinWait();
                                    }
                                    world.orders.end(new OrderBoard.Outcome.Done());
                                });
        assertReply(
                "POST",
                "/restart",
                "{\"role\":\"master\",\"timeout\":\"1min\"}",
                200,
                "restarted successfully");
        loop.join();
        assertThat(Objects.requireNonNull(world.orders.latest()).order())
                .isEqualTo(new Order.Restart(Duration.ofMinutes(1)));
        assertThat(world.wakes).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"role":"unknown"}           | 400 | PostgreSQL role should be either primary, standby_leader, or replica
                    {"timeout":"0s"}             | 400 | Timeout should be a positive number of seconds
                    {"batman":"sidekick"}        | 400 | Unknown filter for the scheduled restart: batman
                    {"role":"replica"}           | 503 | restart conditions are not satisfied
                    {"restart_pending":true}     | 503 | restart conditions are not satisfied
                    {"postgres_version":"9.5.2"} | 503 | restart conditions are not satisfied
                    """)
    void aRestartIsBoundToItsConditions(String body, int status, String text) throws IOException {
        assertReply("POST", "/restart", body, status, text);
        assertThat(world.orders.latest()).isNull();
    }

    @Test
    void aRestartIsScheduledOnceAndTakenBack() throws IOException {
        assertReply("DELETE", "/restart", "", 404, "no restarts are scheduled");
        String later = "{\"schedule\":\"2099-01-02T03:04:05+00:00\",\"role\":\"replica\"}";
        assertReply("POST", "/restart", later, 202, "Restart scheduled");
        assertThat(world.restarts.json())
                .isEqualTo(
                        "{\"role\":\"replica\",\"schedule\":\"2099-01-02T03:04:05+00:00\","
                                + "\"postmaster_start_time\":\"2026-01-02 03:04:05.678901+00\"}");
        assertReply("POST", "/restart", later, 409, "Another restart is already scheduled");
        assertReply("DELETE", "/restart", "", 200, "scheduled restart deleted");
        assertThat(world.restarts.json()).isNull();
    }

    @Test
    void aScheduledRestartBeginsWhenItsTimeHasCome() throws Exception {
        String soon =
                "{\"schedule\":\"%s\"}"
                        .formatted(OffsetDateTime.now(ZoneOffset.UTC).plusNanos(300_000_000));
        assertReply("POST", "/restart", soon, 202, "Restart scheduled");
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (world.orders.latest() == null) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.onSpinWait();
        }
        assertThat(world.restarts.json()).isNull();
    }

    @Test
    void anotherOrderIsNotPushedAside() throws IOException {
        world.orders.place(new Order.Reinitialize(false), world.now());
        assertReply("POST", "/restart", "", 503, "reinitialize already in progress");
    }

    @Test
    void onlyAStandbyOfALeaderIsCopiedAnew() throws IOException {
        assertReply("POST", "/reinitialize", "{}", 503, "I am the leader, can not reinitialize");
        world.process = new ServerProcess.Answering(world.standbyStatus());
        world.standby();
        assertReply("POST", "/reinitialize", "{\"from-leader\":true}", 200, "reinitialize started");
        assertThat(Objects.requireNonNull(world.orders.latest()).order())
                .isEqualTo(new Order.Reinitialize(true));
        assertReply("POST", "/reinitialize", "", 503, "reinitialize already in progress");
        assertReply("POST", "/reinitialize", "{\"force\":true}", 200, "reinitialize started");
        world.leader = null;
        world.publish();
        assertReply(
                "POST", "/reinitialize", "", 503, "Cluster has no leader, can not reinitialize");
    }

    @Test
    void aReloadIsScheduled() throws IOException {
        assertReply("POST", "/reload", "", 202, "reload scheduled");
        assertThat(world.reloads).isEqualTo(1);
    }

    @Test
    void aPasswordIsAskedForWhereOneIsConfigured() throws IOException {
        world.login = new RestSettings.Login("u", "p");
        restart();
        Wire.Reply none = command("POST", "/reload", "");
        assertThat(none.status()).isEqualTo(401);
        assertThat(none.body()).isEqualTo("no auth header received");
        assertThat(none.head()).contains("www-authenticate: basic realm=");
        assertThat(Wire.command(port, "POST", "/reload", "", "Authorization: Basic eDp5").body())
                .isEqualTo("not authenticated");
        assertThat(Wire.command(port, "POST", "/reload", "", "Authorization: basic dTpw").status())
                .isEqualTo(202);
    }

    @Test
    void whoIsNotOnTheListIsSentAway() throws IOException {
        world.allowlist = List.of("10.99.0.0/16", "no.such.name.invalid");
        restart();
        assertReply("POST", "/reload", "", 403, "Access is denied");
        world.allowlist = List.of("10.99.0.0/16", "127.0.0.0/8");
        restart();
        assertReply("POST", "/reload", "", 202, "reload scheduled");
    }

    @Test
    void malformedBodiesChangeNothing() throws IOException {
        for (String body : List.of("", "[]", "{", "7", "{\"leader\":\"node-a\"} x")) {
            assertThat(command("POST", "/switchover", body).status()).as(body).isEqualTo(400);
            assertThat(command("PATCH", "/config", body).status()).as(body).isEqualTo(400);
        }
        assertThat(Wire.once(port, "POST", "/failover").status()).isEqualTo(411);
        assertThat(world.store.requests).isEmpty();
    }

    @Test
    void aConfigurationWithoutSettingsIsRefused() throws IOException {
        for (String method : List.of("PATCH", "PUT")) {
            assertReply(method, "/config", "{}", 400, "the body has no settings in it");
        }
        assertThat(Objects.requireNonNull(world.store.config).revision()).isEqualTo(4);
    }

    @Test
    void aSilentStoreIsSaid() throws IOException {
        world.store.reachable = false;
        assertThat(command("POST", "/switchover", "{\"leader\":\"node-a\"}").status())
                .isEqualTo(503);
        assertThat(command("PATCH", "/config", "{\"ttl\":20}").status()).isEqualTo(503);
    }
}
