package io.tamada.rest;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tamada.core.failover.PeerReport;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberRole;
import io.tamada.rest.peer.HttpPeerProbe;
import io.tamada.rest.peer.PeerTls;
import io.tamada.rest.tls.PemFiles;
import io.tamada.rest.tls.TestPki;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The server's TLS and the peers' TLS against each other.
class TlsServerTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    @TempDir private Path directory;

    private final World world = new World().primary();
    private @Nullable RestServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.stop();
        }
    }

    private RestServer.Started start(RestTls tls) {
        world.tls = tls;
        server = new RestServer(world.settings(), world.api(), world.failsafe(), world.control());
        return server.start();
    }

    private PeerReport ask(int port, PeerTls tls) {
        Member template = world.member("node-a", MemberRole.PRIMARY);
        Member member =
                new Member(
                        template.name(),
                        template.connUrl(),
                        "https://127.0.0.1:" + port + "/patroni",
                        template.state(),
                        template.role(),
                        template.version(),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        template.tags(),
                        true,
                        false,
                        false);
        return new HttpPeerProbe(tls).ask(List.of(member), TIMEOUT).getFirst();
    }

    private RestTls serverTls(TestPki pki, RestTls.VerifyClient verify, String... ciphers) {
        return new RestTls(
                pki.file("server.crt"),
                pki.file("server.key"),
                null,
                pki.file("ca.crt"),
                List.of(ciphers),
                verify);
    }

    @Test
    void onlyTheCiphersThatAreNamedAreSpokenInTls12() throws Exception {
        TestPki pki = TestPki.in(directory);
        pki.sign("server");
        String wanted = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384";
        String other = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256";
        int port =
                ((RestServer.Started.Listening)
                                start(serverTls(pki, RestTls.VerifyClient.NONE, wanted)))
                        .port();
        assertThat(spoken(port, pki, "TLSv1.2", other, wanted)).isEqualTo(wanted);
        assertThatThrownBy(() -> spoken(port, pki, "TLSv1.2", other))
                .isInstanceOf(SSLException.class);
        assertThat(spoken(port, pki, "TLSv1.3", "TLS_AES_128_GCM_SHA256"))
                .isEqualTo("TLS_AES_128_GCM_SHA256");
    }

    private static String spoken(int port, TestPki pki, String protocol, String... suites)
            throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, PemFiles.trust(pki.file("ca.crt")), null);
        try (SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.setEnabledProtocols(new String[] {protocol});
            socket.setEnabledCipherSuites(suites);
            socket.startHandshake();
            return socket.getSession().getCipherSuite();
        }
    }

    @Test
    void peersVerifyOnlyWhenTheyHaveACertificateThemselves() throws Exception {
        TestPki pki = TestPki.in(directory);
        pki.sign("server");
        pki.sign("client");
        int port =
                ((RestServer.Started.Listening) start(serverTls(pki, RestTls.VerifyClient.NONE)))
                        .port();
        assertThat(ask(port, PeerTls.UNVERIFIED)).isInstanceOf(PeerReport.Answered.class);
        PeerTls trusting =
                new PeerTls(
                        pki.file("ca.crt"), pki.file("client.crt"), pki.file("client.key"), null);
        assertThat(ask(port, trusting)).isInstanceOf(PeerReport.Answered.class);
        PeerTls stranger =
                new PeerTls(
                        pki.file("client.crt"),
                        pki.file("client.crt"),
                        pki.file("client.key"),
                        null);
        assertThat(ask(port, stranger)).isInstanceOf(PeerReport.Unreachable.class);
    }

    @Test
    void aServerThatRequiresCertificatesTurnsAwayThoseWithout() throws Exception {
        TestPki pki = TestPki.in(directory);
        pki.sign("server");
        pki.sign("client");
        int port =
                ((RestServer.Started.Listening)
                                start(serverTls(pki, RestTls.VerifyClient.REQUIRED)))
                        .port();
        assertThat(ask(port, PeerTls.UNVERIFIED)).isInstanceOf(PeerReport.Unreachable.class);
        PeerTls known =
                new PeerTls(
                        pki.file("ca.crt"), pki.file("client.crt"), pki.file("client.key"), null);
        assertThat(ask(port, known)).isInstanceOf(PeerReport.Answered.class);
        try (Wire plain = new Wire(port)) {
            plain.send("GET /primary HTTP/1.0\r\n\r\n");
            assertThat(plain.isClosedByServer()).isTrue();
        }
    }

    @Test
    void whereCertificatesAreWantedACommandNeedsOne() throws Exception {
        TestPki pki = TestPki.in(directory);
        pki.sign("server");
        pki.sign("client");
        int port =
                ((RestServer.Started.Listening)
                                start(serverTls(pki, RestTls.VerifyClient.OPTIONAL)))
                        .port();
        assertThat(reload(port, pki, null)).isEqualTo(403);
        assertThat(reload(port, pki, "client")).isEqualTo(202);
    }

    /// @param client whose certificate to show; null for none.
    private static int reload(int port, TestPki pki, @Nullable String client) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(
                client == null
                        ? null
                        : PemFiles.identity(
                                pki.file(client + ".crt"), pki.file(client + ".key"), null),
                PemFiles.trust(pki.file("ca.crt")),
                null);
        HttpsURLConnection connection =
                (HttpsURLConnection)
                        URI.create("https://127.0.0.1:" + port + "/reload")
                                .toURL()
                                .openConnection();
        connection.setSSLSocketFactory(context.getSocketFactory());
        connection.setHostnameVerifier((_, _) -> true);
        connection.setRequestMethod("POST");
        return connection.getResponseCode();
    }

    @Test
    void aRenewedCertificateIsShownToNewConnectionsAndABrokenOneIsNot() throws Exception {
        TestPki pki = TestPki.in(directory);
        pki.sign("server");
        pki.sign("renewed");
        int port =
                ((RestServer.Started.Listening) start(serverTls(pki, RestTls.VerifyClient.NONE)))
                        .port();
        String before = shown(port, pki);
        Files.writeString(pki.file("server.crt"), "no certificate");
        TimeUnit.MILLISECONDS.sleep(1100);
        assertThat(shown(port, pki)).isEqualTo(before);

        Files.copy(pki.file("renewed.key"), pki.file("server.key"), REPLACE_EXISTING);
        Files.copy(pki.file("renewed.crt"), pki.file("server.crt"), REPLACE_EXISTING);
        String after = before;
        for (int i = 0; i < 100 && after.equals(before); i++) {
            TimeUnit.MILLISECONDS.sleep(50);
            after = shown(port, pki);
        }
        assertThat(after).isNotEqualTo(before);
    }

    /// The serial number of the certificate that the server shows.
    private static String shown(int port, TestPki pki) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, PemFiles.trust(pki.file("ca.crt")), null);
        try (SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.startHandshake();
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                    .getSerialNumber()
                    .toString();
        }
    }

    @Test
    void aMissingCertificateIsOneLine() {
        Path absent = directory.resolve("absent.crt");
        RestTls tls = new RestTls(absent, null, null, null, List.of(), RestTls.VerifyClient.NONE);
        assertThat(start(tls))
                .isEqualTo(new RestServer.Started.Refused("restapi: " + absent + ": no such file"));
    }

    @Test
    void secretsAreNotPrinted() {
        assertThat(new RestSettings.Login("admin", "hush").toString()).doesNotContain("hush");
        Path file = Path.of("x");
        assertThat(
                        new RestTls(file, file, "hush", file, List.of(), RestTls.VerifyClient.NONE)
                                .toString())
                .doesNotContain("hush");
        assertThat(new PeerTls(file, file, file, "hush").toString()).doesNotContain("hush");
    }
}
