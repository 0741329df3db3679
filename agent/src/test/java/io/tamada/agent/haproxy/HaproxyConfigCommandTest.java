package io.tamada.agent.haproxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.tamada.haproxy.HaproxyConfig;
import io.tamada.haproxy.HaproxyRuntime;
import io.tamada.haproxy.ProxyMember;
import io.tamada.haproxy.ProxySettings;
import io.tamada.haproxy.ProxySlots;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class HaproxyConfigCommandTest {

    private static final String CLUSTER =
            """
            {"members": [
              {"name": "node1", "role": "leader", "state": "running", "timeline": 1,
               "api_url": "http://10.0.0.1:8008/patroni", "host": "10.0.0.1", "port": 5432},
              {"name": "node2", "role": "replica", "state": "streaming", "timeline": 1, "lag": 0,
               "api_url": "http://10.0.0.2:8009/patroni", "host": "10.0.0.2", "port": 5442}],
             "scope": "demo"}
            """;

    private static final List<ProxyMember> TWO =
            List.of(
                    new ProxyMember("node1", "10.0.0.1", 5432, 8008),
                    new ProxyMember("node2", "10.0.0.2", 5442, 8009));

    record Run(int exitCode, String out, String err) {}

    @Test
    void listedMembersArePrinted() {
        Run run = run("--member", "node1=10.0.0.1:5432,8008", "--member=node2=10.0.0.2:5442,8009");

        assertThat(run)
                .isEqualTo(
                        new Run(
                                0,
                                HaproxyConfig.render(
                                        ProxySettings.defaults(), ProxySlots.of(TWO, 8)),
                                ""));
    }

    @Test
    void aRunningProxyTakesOtherMembersWithoutAReload(@TempDir Path directory) throws Exception {
        Path socket = directory.resolve("admin.sock");
        Path file = directory.resolve("haproxy.cfg");
        Run printed =
                run(
                        "--member=node1=127.0.0.1:15432,18008",
                        "--bind=127.0.0.1",
                        "--write-port=" + freePort(),
                        "--read-port=" + freePort(),
                        "--statistics-port=" + freePort(),
                        "--runtime-socket=" + socket);
        Files.writeString(file, printed.out());
        Process haproxy =
                new ProcessBuilder(haproxy(), "-db", "-f", file.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("haproxy.log").toFile())
                        .start();
        try {
            long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
            while (!Files.exists(socket) && System.nanoTime() - end < 0) {
                Thread.onSpinWait();
            }
            Run applied =
                    run(
                            "--member=node1=127.0.0.1:15432,18008",
                            "--member=node2=127.0.0.1:15442,18009",
                            "--runtime-socket=" + socket,
                            "--apply");

            assertThat(applied.err()).isEmpty();
            assertThat(applied.exitCode()).isZero();
            assertThat(applied.out()).startsWith("HAProxy serves 2 members");
            assertThat(new HaproxyRuntime(socket, Duration.ofSeconds(5)).servers())
                    .anyMatch(server -> server.port() == 15442 && server.checkPort() == 18009);
        } finally {
            haproxy.destroyForcibly().waitFor();
        }
    }

    @Test
    void aProxyThatIsNotThereIsNamed(@TempDir Path directory) {
        Path socket = directory.resolve("none.sock");
        Run run = run("--member=node1=10.0.0.1:5432,8008", "--runtime-socket=" + socket, "--apply");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains(socket.toString());
    }

    /// Debian keeps it where the PATH of an ordinary user does not look.
    private static String haproxy() {
        return Files.isExecutable(Path.of("/usr/sbin/haproxy")) ? "/usr/sbin/haproxy" : "haproxy";
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Test
    void aLiveClusterIsReadFromAnyMember() throws IOException {
        HttpServer rest = serving(200, CLUSTER);
        try {
            Run run = run("--from", url(rest), "--balance", "roundrobin", "--slots", "2");

            assertThat(run.err()).isEmpty();
            assertThat(run.exitCode()).isZero();
            assertThat(run.out())
                    .contains("server member2 10.0.0.2:5442 port 8009", "balance roundrobin")
                    .doesNotContain("server-template");
        } finally {
            rest.stop(0);
        }
    }

    @Test
    void membersWithTlsAreCheckedOverTlsWithThePasswordOfTheFile(@TempDir Path directory)
            throws IOException {
        Path password = Files.writeString(directory.resolve("password"), "secret\n");
        HttpServer rest = serving(200, CLUSTER.replace("http:", "https:"));
        try {
            Run run =
                    run(
                            "--from",
                            url(rest),
                            "--check-user=probe",
                            "--check-password-file=" + password);

            assertThat(run.out())
                    .contains("check-ssl verify none", "Authorization \"Basic cHJvYmU6c2VjcmV0\"");
        } finally {
            rest.stop(0);
        }
    }

    @Test
    void aClusterThatCannotBeReadIsNamed() throws IOException {
        HttpServer rest = serving(503, "{}");
        String address = url(rest);
        assertThat(run("--from", address))
                .isEqualTo(
                        new Run(
                                1,
                                "",
                                "tamada haproxy-config: %s/cluster answered 503\n"
                                        .formatted(address)));
        rest.stop(0);

        Run refused = run("--from", address);
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains(address + "/cluster: connection refused");
    }

    @Test
    void somethingElseThanAClusterIsRefused() throws IOException {
        HttpServer rest = serving(200, "<html>");
        try {
            Run run = run("--from", url(rest));

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err()).contains("/cluster: not JSON");
        } finally {
            rest.stop(0);
        }
    }

    @Test
    void aMistakeInTheOptionsIsExitCodeTwoAndSaysWhatWasExpected() {
        assertThat(run().err()).contains("Give the members, either by --member or by --from.");
        assertThat(run().exitCode()).isEqualTo(2);

        Run shape = run("--member", "node1:5432");
        assertThat(shape.exitCode()).isEqualTo(2);
        assertThat(shape.err())
                .contains(
                        "'node1:5432' is not NAME=HOST:PORT,RESTPORT, for example"
                                + " node1=10.0.0.1:5432,8008");

        Run port = run("--member", "node1=10.0.0.1:99999,8008");
        assertThat(port.exitCode()).isEqualTo(2);
        assertThat(port.err()).contains("PostgreSQL port 99999 is not between 1 and 65535");

        Run twice = run("--member", "n=10.0.0.1:1,2", "--member", "n=10.0.0.2:1,2");
        assertThat(twice.exitCode()).isEqualTo(2);
        assertThat(twice.err()).contains("two members are named n");

        Run ports = run("--member", "n=10.0.0.1:1,2", "--read-port", "5432");
        assertThat(ports.exitCode()).isEqualTo(2);
        assertThat(ports.err()).contains("must differ");

        assertThat(run("--from", "10.0.0.1").err()).contains("is not a URL such as");
        assertThat(run("--member", "n=10.0.0.1:1,2", "--check-user", "x").err())
                .contains("go together");
    }

    @Test
    void anIpv6MemberIsReadInBrackets() {
        Run run = run("--member", "six=[fd00::5]:5432,8008");

        assertThat(run.out()).contains("server member1 [fd00::5]:5432 port 8008");
    }

    private static Run run(String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int exitCode =
                new CommandLine(new HaproxyConfigCommand())
                        .setOut(new PrintWriter(out))
                        .setErr(new PrintWriter(err))
                        .execute(arguments);
        return new Run(exitCode, out.toString(), err.toString());
    }

    private static HttpServer serving(int status, String body) throws IOException {
        var server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/cluster",
                exchange -> {
                    try (exchange) {
                        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
                        exchange.sendResponseHeaders(status, bytes.length);
                        exchange.getResponseBody().write(bytes);
                    }
                });
        server.start();
        return server;
    }

    private static String url(HttpServer server) {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }
}
