package io.tamada.dcs.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tamada.dcs.EtcdSettings;
import io.tamada.dcs.EtcdSettings.Protocol;
import io.tamada.dcs.etcd.EtcdServer;
import io.tamada.dcs.kv.Bytes;
import io.tamada.dcs.kv.EtcdKv.RangeAnswer;
import io.tamada.dcs.kv.KeyRange;
import io.tamada.dcs.kv.KvReply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Users with passwords, and TLS.
final class AccessTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    @Test
    void aUserReadsWhatItsRoleAllowsAndComesBackAfterItsTokenIsForgotten() throws IOException {
        try (EtcdServer server = withUsers();
                EtcdConnection connection =
                        EtcdConnection.open(as(server.settings(), "tamada", "secret"))) {
            assertThat(read(connection, "/service/x")).isInstanceOf(KvReply.Answered.class);
            assertThat(read(connection, "/other"))
                    .isInstanceOfSatisfying(
                            KvReply.NotApplied.class,
                            refused ->
                                    assertThat(refused.cause()).isEqualTo(KvReply.Cause.REJECTED));
            server.kill();
            server.start();
            assertThat(read(connection, "/service/x")).isInstanceOf(KvReply.Answered.class);
        }
    }

    @Test
    void aUserWatches() throws InterruptedException {
        try (EtcdServer server = withUsers();
                EtcdConnection connection =
                        EtcdConnection.open(as(server.settings(), "tamada", "secret"))) {
            CountDownLatch woken = new CountDownLatch(1);
            connection.watch(Bytes.utf8("/service/"), (_, _, _) -> true, woken::countDown);
            assertThat(woken.await(5, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aWrongPasswordIsNamedByItsUserOnly() {
        try (EtcdServer server = withUsers();
                EtcdConnection connection =
                        EtcdConnection.open(as(server.settings(), "tamada", "guess"))) {
            assertThat(read(connection, "/service/x"))
                    .isInstanceOfSatisfying(
                            KvReply.NotApplied.class,
                            refused ->
                                    assertThat(refused.reason())
                                            .contains("user tamada")
                                            .doesNotContain("guess"));
        }
    }

    @Test
    void aPasswordIsNotNeededWhereEtcdWantsNone() {
        try (EtcdServer server = EtcdServer.started();
                EtcdConnection connection =
                        EtcdConnection.open(as(server.settings(), "tamada", "secret"))) {
            assertThat(read(connection, "/service/x")).isInstanceOf(KvReply.Answered.class);
        }
    }

    @Test
    void aPasswordIsNeverPrinted() {
        EtcdSettings plain = EtcdSettings.plain(List.of(EtcdSettings.HostPort.parse("[::1]:2379")));
        assertThat(as(plain, "tamada", "secret").toString())
                .contains("tamada", "[::1]:2379")
                .doesNotContain("secret");
    }

    @Test
    void tlsWithAClientCertificateWorksAndAnotherAuthorityIsRefused(@TempDir Path directory) {
        Certificates ours = Certificates.in(directory.resolve("ours"));
        Certificates others = Certificates.in(directory.resolve("others"));
        try (EtcdServer server =
                EtcdServer.started(
                        "--cert-file",
                        ours.file("server.pem").toString(),
                        "--key-file",
                        ours.file("server-key.pem").toString(),
                        "--client-cert-auth",
                        "--trusted-ca-file",
                        ours.file("ca.pem").toString())) {
            try (EtcdConnection connection = EtcdConnection.open(ours.settings(server))) {
                assertThat(read(connection, "/k")).isInstanceOf(KvReply.Answered.class);
            }
            try (EtcdConnection connection = EtcdConnection.open(others.settings(server))) {
                assertThat(read(connection, "/k"))
                        .isInstanceOfSatisfying(
                                KvReply.NotApplied.class,
                                refused ->
                                        assertThat(refused.reason())
                                                .containsIgnoringCase("certificat"));
            }
        }
    }

    @Test
    void aCertificateFileThatIsMissingOrWrongIsNamed(@TempDir Path directory) throws IOException {
        Path missing = directory.resolve("none.pem");
        assertThatThrownBy(() -> EtcdConnection.open(withAuthority(missing)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("etcd3.cacert")
                .hasMessageContaining(missing.toString());
        Path wrong = Files.writeString(directory.resolve("wrong.pem"), "not a certificate");
        assertThatThrownBy(() -> EtcdConnection.open(withAuthority(wrong)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("etcd3.cacert");
    }

    /// An authority with one certificate for the server and one for a client.
    private record Certificates(Path directory) {

        static Certificates in(Path directory) {
            Certificates made = new Certificates(directory);
            try {
                Files.createDirectories(directory);
                Files.writeString(made.file("san"), "subjectAltName=IP:127.0.0.1,DNS:localhost");
            } catch (IOException failed) {
                throw new IllegalStateException(failed);
            }
            made.openssl(
                    "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout ca-key.pem"
                            + " -out ca.pem");
            made.signed("server");
            made.signed("client");
            return made;
        }

        private void signed(String name) {
            openssl(
                    "req -newkey rsa:2048 -nodes -subj /CN=%1$s -keyout %1$s-key.pem -out %1$s.csr"
                            .formatted(name));
            openssl(
                    "x509 -req -in %1$s.csr -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 2 -extfile san -out %1$s.pem"
                            .formatted(name));
        }

        private void openssl(String arguments) {
            EtcdServer.run("sh", "-c", "cd '" + directory + "' && openssl " + arguments);
        }

        Path file(String name) {
            return directory.resolve(name);
        }

        EtcdSettings settings(EtcdServer server) {
            return new EtcdSettings(
                    List.of(server.address()),
                    Protocol.HTTPS,
                    null,
                    null,
                    file("ca.pem"),
                    file("client.pem"),
                    file("client-key.pem"));
        }
    }

    private static EtcdServer withUsers() {
        EtcdServer server = EtcdServer.started();
        server.ctl("user", "add", "root:top");
        server.ctl("user", "grant-role", "root", "root");
        server.ctl("user", "add", "tamada:secret");
        server.ctl("role", "add", "ha");
        server.ctl("role", "grant-permission", "ha", "--prefix=true", "readwrite", "/service/");
        server.ctl("user", "grant-role", "tamada", "ha");
        server.ctl("auth", "enable");
        return server;
    }

    private static EtcdSettings as(EtcdSettings plain, String user, String password) {
        return new EtcdSettings(
                plain.endpoints(), plain.protocol(), user, password, null, null, null);
    }

    private static EtcdSettings withAuthority(@Nullable Path cacert) {
        return new EtcdSettings(
                List.of(EtcdSettings.HostPort.parse("localhost")),
                Protocol.HTTPS,
                null,
                null,
                cacert,
                null,
                null);
    }

    private static KvReply<RangeAnswer> read(EtcdConnection connection, String key) {
        return connection.kv().range(new KeyRange.Key(Bytes.utf8(key)), TIMEOUT);
    }
}
