package io.tamada.rest.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.failover.PeerReport;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberRole;
import io.tamada.core.member.MemberState;
import io.tamada.core.member.MemberTags;
import io.tamada.core.wal.Lsn;
import io.tamada.core.wal.Timeline;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpPeerProbeTest {

    private static final Duration AMPLE = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(700);
    private static final String HEAD = "HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n";

    private final HttpPeerProbe probe = new HttpPeerProbe(PeerTls.UNVERIFIED);
    private final List<AutoCloseable> open = new ArrayList<>();

    @FunctionalInterface
    private interface Behaviour {
        void serve(Socket client) throws Exception;
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable closing : open) {
            closing.close();
        }
    }

    private Member peer(String name, Behaviour behaviour) throws IOException {
        ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        open.add(server);
        Thread.ofPlatform()
                .daemon()
                .start(
                        () -> {
                            try (Socket client = server.accept()) {
                                behaviour.serve(client);
                            } catch (Exception _) {
                                // The peer is gone; the report says so.
                            }
                        });
        return member(name, "http://127.0.0.1:" + server.getLocalPort() + "/patroni");
    }

    private static Member member(String name, String apiUrl) {
        return new Member(
                new MemberName(name),
                "postgres://127.0.0.1:5432/postgres",
                apiUrl,
                MemberState.RUNNING,
                MemberRole.REPLICA,
                "4.1.3",
                null,
                null,
                null,
                null,
                null,
                null,
                MemberTags.NONE,
                true,
                false,
                false);
    }

    private static Behaviour answers(String text) {
        return client -> {
            readRequest(client);
            client.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        };
    }

    private static String readRequest(Socket client) throws IOException {
        StringBuilder request = new StringBuilder();
        while (request.indexOf("\r\n\r\n") < 0) {
            request.append((char) client.getInputStream().read());
        }
        return request.toString();
    }

    private static void block() throws InterruptedException {
        Thread.sleep(Duration.ofMinutes(5));
    }

    private PeerReport ask(Duration timeout, Behaviour behaviour) throws IOException {
        return probe.ask(List.of(peer("b", behaviour)), timeout).getFirst();
    }

    private void unreachable(Duration timeout, String reason, Behaviour behaviour)
            throws IOException {
        assertThat(ask(timeout, behaviour))
                .isEqualTo(new PeerReport.Unreachable(new MemberName("b"), reason));
    }

    @Test
    void aPatroniStandbyOfTheThirdVersionIsUnderstood() throws IOException {
        PeerReport report =
                ask(
                        AMPLE,
                        answers(
                                HEAD
                                        + """
                                        {"state": "running", "postmaster_start_time": "2026-01-02 03:04:05.678901+00:00",
                                        "role": "replica", "server_version": 150008,
                                        "xlog": {"received_location": 67108864, "replayed_location": 67108000,
                                        "replayed_timestamp": null, "paused": false}, "timeline": 2,
                                        "dcs_last_seen": 1767323045, "tags": {"nofailover": true, "rank": 3, "zone": "n"},
                                        "database_system_identifier": "7450000000000000001",
                                        "patroni": {"version": "3.0.2", "scope": "demo"}}"""));
        PeerReport.Answered answered = (PeerReport.Answered) report;
        assertThat(answered.runsAsPrimary()).isFalse();
        assertThat(answered.position()).isEqualTo(new Lsn(67_108_864));
        assertThat(answered.timeline()).isEqualTo(new Timeline(2));
        assertThat(answered.tags().neverLeads()).isTrue();
        assertThat(answered.tags().all()).containsEntry("rank", 3L).containsEntry("zone", "n");
        assertThat(answered.watchdogFailed()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "'\"xlog\":{\"received_location\":7,\"replayed_location\":7},'",
        "''",
    })
    void whatAPeerReachesWhileItReplaysItsOwnWalIsKnownToBeLess(String xlog) throws IOException {
        PeerReport report =
                ask(
                        AMPLE,
                        answers(
                                HEAD
                                        + "{\"state\":\"running\",\"role\":\"replica\","
                                        + xlog
                                        + "\"tamada\":{\"replays_own_wal\":{\"reached\":7}}}"));
        PeerReport.Answered answered = (PeerReport.Answered) report;
        assertThat(answered.replaysOwn()).isTrue();
        assertThat(answered.position()).isEqualTo(new Lsn(7));
    }

    @ParameterizedTest
    @CsvSource({"stopped, true", "starting, false"})
    void onlyWhoHasLookedIsBelievedThatItHasNoData(String state, boolean believed)
            throws IOException {
        PeerReport report =
                ask(
                        AMPLE,
                        answers(
                                HEAD
                                        + "{\"state\": \"%s\", \"role\": \"uninitialized\"}"
                                                .formatted(state)));
        assertThat(report instanceof PeerReport.WithoutData).isEqualTo(believed);
    }

    @ParameterizedTest
    @CsvSource({
        "primary, running, true",
        "master, running, true",
        "primary, stopping, false",
        "replica, running, false",
        "standby_leader, running, false"
    })
    void onlyARunningPrimaryRunsAsPrimary(String role, String state, boolean runs)
            throws IOException {
        String body =
                "{\"state\":\"" + state + "\",\"role\":\"" + role + "\",\"wal\":{\"location\":5}}";
        PeerReport report = ask(AMPLE, answers(HEAD + body));
        assertThat(((PeerReport.Answered) report).runsAsPrimary()).isEqualTo(runs);
        assertThat(((PeerReport.Answered) report).position()).isEqualTo(new Lsn(5));
        assertThat(((PeerReport.Answered) report).timeline()).isNull();
    }

    @Test
    void anAnswerWithALengthIsTakenBeforeTheConnectionEnds() throws IOException {
        long before = System.nanoTime();
        PeerReport report =
                ask(
                        Duration.ofMinutes(1),
                        client -> {
                            assertThat(readRequest(client)).startsWith("GET /patroni HTTP/1.0\r\n");
                            String body =
                                    "{\"xlog\":{\"replayed_location\":9},\"watchdog_failed\":true}";
                            String head =
                                    "HTTP/1.1 200 OK\r\ncontent-length: "
                                            + body.length()
                                            + "\r\n\r\n";
                            client.getOutputStream()
                                    .write((head + body).getBytes(StandardCharsets.UTF_8));
                            block();
                        });
        assertThat(((PeerReport.Answered) report).watchdogFailed()).isTrue();
        assertThat(System.nanoTime() - before).isLessThan(Duration.ofSeconds(30).toNanos());
    }

    @Test
    void reportsKeepTheOrderAndTheSlowDoNotHideTheFast() throws IOException {
        String body = "{\"xlog\":{\"location\":7}}";
        List<Member> members =
                List.of(
                        peer("silent", client -> block()),
                        peer("fast", answers(HEAD + body)),
                        member("closed", "http://127.0.0.1:1/patroni"));
        long before = System.nanoTime();
        List<PeerReport> reports = probe.ask(members, SHORT);
        long tookMillis = (System.nanoTime() - before) / 1_000_000;
        assertThat(reports.get(0))
                .isEqualTo(
                        new PeerReport.Unreachable(new MemberName("silent"), "no answer in time"));
        assertThat(reports.get(1)).isInstanceOf(PeerReport.Answered.class);
        assertThat(reports.get(2)).isInstanceOf(PeerReport.Unreachable.class);
        assertThat(tookMillis).isBetween(500L, 10_000L);
    }

    @Test
    void aPeerThatTricklesBytesGetsNoMoreTimeThanOthers() throws IOException {
        long before = System.nanoTime();
        unreachable(
                SHORT,
                "no answer in time",
                client -> {
                    OutputStream out = client.getOutputStream();
                    while (true) {
                        out.write(' ');
                        out.flush();
                        Thread.sleep(20);
                    }
                });
        assertThat(System.nanoTime() - before).isLessThan(Duration.ofSeconds(10).toNanos());
    }

    @Test
    void aPeerThatNeverStopsTalkingIsCutOff() throws IOException {
        byte[] noise = "x".repeat(8192).getBytes(StandardCharsets.UTF_8);
        unreachable(
                AMPLE,
                "its answer is too large",
                client -> {
                    client.getOutputStream().write(HEAD.getBytes(StandardCharsets.UTF_8));
                    while (true) {
                        client.getOutputStream().write(noise);
                    }
                });
        unreachable(
                AMPLE,
                "its answer is too large",
                answers("HTTP/1.0 200 OK\r\nContent-Length: 900000000\r\n\r\n"));
    }

    @Test
    void whatIsNotAStatusIsNotUsable() throws IOException {
        unreachable(AMPLE, "its answer is not HTTP", answers("SSH-2.0-OpenSSH_9.2\r\n"));
        unreachable(AMPLE, "its answer is not HTTP", answers("hello there\r\n\r\n{}"));
        unreachable(AMPLE, "its answer is not JSON", answers(HEAD + "<html>"));
        unreachable(AMPLE, "its answer is not a JSON object", answers(HEAD + "[1]"));
        unreachable(AMPLE, "its answer is not a JSON object", answers(HEAD));
        unreachable(
                AMPLE,
                "it answered with HTTP status 502",
                answers("HTTP/1.1 502 Bad Gateway\r\n\r\n"));
        unreachable(
                AMPLE,
                "its answer is chunked, against HTTP/1.0",
                answers("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"));
        unreachable(
                AMPLE,
                "it tells no WAL position; its state is starting",
                answers(HEAD + "{\"state\":\"starting\",\"role\":\"replica\"}"));
        unreachable(
                AMPLE,
                "it tells no WAL position; its state is unknown",
                answers(HEAD + "{\"state\":\"<b>\",\"xlog\":{\"location\":\"0/5\"}}"));
    }

    @Test
    void anUnusableUrlAsksNobody() {
        assertThat(probe.ask(List.of(member("b", "gopher://x/")), AMPLE).getFirst())
                .isEqualTo(
                        new PeerReport.Unreachable(
                                new MemberName("b"), "its API URL cannot be used: gopher://x/"));
        assertThat(probe.ask(List.of(), AMPLE)).isEmpty();
    }
}
