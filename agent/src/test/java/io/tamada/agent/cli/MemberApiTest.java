package io.tamada.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.tamada.agent.settings.StoreSettings;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberRole;
import io.tamada.core.member.MemberTags;
import io.tamada.rest.tls.PemFiles;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Asks a member whose API wants a client certificate and has one that nobody else has signed.
class MemberApiTest {

    @TempDir static Path directory = Path.of("");

    private HttpsServer server;

    MemberApiTest() throws Exception {
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    @BeforeEach
    void start() throws Exception {
        Process openssl =
                new ProcessBuilder(
                                "openssl",
                                "req",
                                "-x509",
                                "-newkey",
                                "rsa:2048",
                                "-nodes",
                                "-keyout",
                                "a.key",
                                "-out",
                                "a.crt",
                                "-subj",
                                "/CN=elsewhere",
                                "-days",
                                "2")
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        assertThat(openssl.waitFor()).isZero();
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(
                PemFiles.identity(directory.resolve("a.crt"), directory.resolve("a.key"), null),
                PemFiles.trust(directory.resolve("a.crt")),
                null);
        server.setHttpsConfigurator(
                new HttpsConfigurator(context) {
                    @Override
                    public void configure(HttpsParameters parameters) {
                        SSLParameters wanted = context.getDefaultSSLParameters();
                        wanted.setNeedClientAuth(true);
                        parameters.setSSLParameters(wanted);
                    }
                });
        server.createContext(
                "/",
                exchange -> {
                    byte[] answer = "here".getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(200, answer.length);
                    exchange.getResponseBody().write(answer);
                    exchange.close();
                });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private MemberApi.Answer ask(String ctl, boolean insecure) throws Exception {
        Path file =
                Files.writeString(
                        directory.resolve("ctl.yml"),
                        "scope: a\netcd3: {host: '127.0.0.1:1'}\n" + ctl);
        var read = StoreSettings.read(file, null, Map.of());
        assertThat(read).isInstanceOf(StoreSettings.Result.Loaded.class);
        StoreSettings settings = ((StoreSettings.Result.Loaded) read).settings();
        Member member =
                Sights.member(
                        "a",
                        MemberRole.PRIMARY,
                        "127.0.0.1:" + server.getAddress().getPort(),
                        null,
                        MemberTags.NONE);
        Member secured =
                new Member(
                        member.name(),
                        member.connUrl(),
                        member.apiUrl().replace("http:", "https:"),
                        member.state(),
                        member.role(),
                        member.version(),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        member.tags(),
                        true,
                        false,
                        false);
        return new MemberApi(insecure ? settings.insecure() : settings).get(secured, "/patroni");
    }

    private String ownCertificate() {
        return "certfile: %s, keyfile: %s"
                .formatted(directory.resolve("a.crt"), directory.resolve("a.key"));
    }

    @Test
    void aCertificateThatNobodyKnowsIsAcceptedOnlyWhenThatIsAskedFor() throws Exception {
        String ctl = "ctl: {" + ownCertificate() + "}\n";

        assertThat(ask(ctl, false).status()).isZero();
        assertThat(ask(ctl, true)).isEqualTo(new MemberApi.Answer(200, "here"));
        assertThat(ask("ctl: {insecure: true, " + ownCertificate() + "}\n", false).status())
                .isEqualTo(200);
    }

    @Test
    void withoutTheClientCertificateNobodyIsLetIn() throws Exception {
        assertThat(ask("", true).status()).isZero();
    }

    @Test
    void anAgentsOwnCertificateIsShownWhereThereIsNoOther() throws Exception {
        assertThat(ask("restapi: {" + ownCertificate() + "}\n", true).status()).isEqualTo(200);
        assertThat(
                        ask("restapi: {certfile: /nowhere/a.crt, keyfile: /nowhere/a.key}\n", true)
                                .status())
                .isZero();
    }
}
