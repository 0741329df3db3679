package io.tamada.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// Commands on a node from which no etcd is to be had.
class MembersAloneTest {

    private static final String WHY =
            """
            {"decision": {"rule": "S120", "sentence": "the store does not answer",
                          "since": "2026-03-01T12:00:00.123456789Z"},
             "leads": false, "leader": "a", "store_failure": "refused",
             "leaders": [
               {"leader": "old", "timeline": 1,
                "began": {"at": "2026-03-01T10:00:00Z", "rule": "B440", "sentence": "first"},
                "ended": {"at": "2026-03-01T11:00:00Z", "rule": "R540", "sentence": "handing over"}},
               {"leader": "a", "timeline": 2,
                "began": {"at": "2026-03-01T11:00:01Z", "rule": "E710", "sentence": "won"}}]}""";

    private static final String EVENTS =
            """
            [{"seq": 1, "time": "2026-03-01T12:00:00Z", "kind": "decision", "rule": "S120",
              "sentence": "the store does not answer"}]""";

    @TempDir Path directory;

    private final HttpServer server;
    private final StringWriter out = new StringWriter();
    private final StringWriter errors = new StringWriter();

    MembersAloneTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        answers("/why", WHY);
        answers("/events", EVENTS);
        server.start();
    }

    private void answers(String path, String json) {
        byte[] answer = json.getBytes(StandardCharsets.UTF_8);
        server.createContext(
                path,
                exchange -> {
                    exchange.sendResponseHeaders(200, answer.length);
                    exchange.getResponseBody().write(answer);
                    exchange.close();
                });
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private int run(String... arguments) throws IOException {
        Path file = directory.resolve("a.yml");
        int port = server.getAddress().getPort();
        Files.writeString(
                file,
                """
                scope: demo
                name: a
                etcd3: {hosts: "127.0.0.1:1"}
                restapi: {listen: "127.0.0.1:%d", connect_address: "127.0.0.1:%d"}
                postgresql: {data_dir: %s/data, listen: "127.0.0.1:5499",
                             connect_address: "127.0.0.1:5499",
                             authentication: {superuser: {username: postgres},
                                              replication: {username: replicator}}}
                """
                        .formatted(port, port, directory));
        Path state = Files.createDirectories(directory.resolve("data.tamada"));
        Files.writeString(
                state.resolve("cluster.json"),
                """
                {"scope": "demo", "member": "a", "timeline": 2, "revision": 7,
                 "members": {"a": "http://127.0.0.1:%d/patroni", "b": "http://127.0.0.1:1/patroni"},
                 "failsafe_mode": false, "ttl_ms": 30000}
                """
                        .formatted(port));
        CommandLine all = CommandLines.all();
        all.setOut(new PrintWriter(out, true));
        all.setErr(new PrintWriter(errors, true));
        String[] whole = new String[arguments.length + 2];
        whole[0] = "-c";
        whole[1] = file.toString();
        System.arraycopy(arguments, 0, whole, 2, arguments.length);
        return all.execute(whole);
    }

    @Test
    void whyIsAnsweredByTheMembersThatAnAgentHasRecorded() throws Exception {
        assertThat(run("why")).isZero();
        assertThat(out.toString())
                .startsWith("etcd does not answer: ")
                .contains(
                        "What follows is from the members that answer",
                        "a leads demo since 2026-03-01T11:00:01Z, on timeline 2.",
                        "S120: the store does not answer, since 2026-03-01T12:00:00.123Z",
                        "etcd does not answer it: refused",
                        "Before, old led from 2026-03-01T10:00:00Z",
                        "b: it does not answer (");
    }

    @Test
    void eventsAreToldByTheMembersThatAnAgentHasRecorded() throws Exception {
        assertThat(run("events")).isZero();
        assertThat(out.toString()).contains("S120");
        assertThat(errors.toString())
                .contains("etcd does not answer", "b does not answer", "events --file");
    }
}
