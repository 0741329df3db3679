package io.tamada.rest.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PemFilesTest {

    @TempDir private Path directory;

    private TestPki pki = new TestPki(Path.of("unused"));

    @BeforeEach
    void keys() throws Exception {
        pki = new TestPki(directory);
        pki.openssl("genpkey", "-algorithm", "RSA", "-out", "plain.key");
    }

    private PrivateKey key(String file, @Nullable String password) throws TlsFileException {
        return PemFiles.privateKey(pki.file(file), password);
    }

    private void refused(String file, @Nullable String password, String words) {
        assertThatExceptionOfType(TlsFileException.class)
                .isThrownBy(() -> key(file, password))
                .withMessageStartingWith(pki.file(file).toString())
                .withMessageContaining(words);
    }

    @Test
    void theOlderRsaFormIsTheSameKey() throws Exception {
        pki.openssl("rsa", "-in", "plain.key", "-traditional", "-out", "pkcs1.key");
        assertThat(Files.readString(pki.file("pkcs1.key"))).contains("BEGIN RSA PRIVATE KEY");
        assertThat(key("pkcs1.key", null)).isEqualTo(key("plain.key", null));
    }

    @Test
    void theOlderEllipticFormIsTheSameKey() throws Exception {
        pki.openssl("ecparam", "-name", "prime256v1", "-genkey", "-out", "sec1.key");
        pki.openssl("pkcs8", "-topk8", "-nocrypt", "-in", "sec1.key", "-out", "ec.key");
        assertThat(Files.readString(pki.file("sec1.key"))).contains("BEGIN EC PRIVATE KEY");
        ECPrivateKey older = (ECPrivateKey) key("sec1.key", null);
        ECPrivateKey newer = (ECPrivateKey) key("ec.key", null);
        assertThat(older.getS()).isEqualTo(newer.getS());
        assertThat(older.getParams().getOrder()).isEqualTo(newer.getParams().getOrder());
    }

    @Test
    void anEncryptedKeyOpensWithItsPasswordOnly() throws Exception {
        pki.openssl(
                "pkcs8",
                "-topk8",
                "-in",
                "plain.key",
                "-out",
                "locked.key",
                "-passout",
                "pass:open sesame");
        assertThat(key("locked.key", "open sesame")).isEqualTo(key("plain.key", null));
        refused("locked.key", "wrong", "cannot be decrypted with the given password");
        refused("locked.key", null, "is encrypted and no password is given");
    }

    @Test
    void whatCannotBeReadIsNamed() throws IOException {
        Files.writeString(pki.file("empty.key"), "nothing here\n");
        Files.writeString(
                pki.file("damaged.key"),
                """
                -----BEGIN EC PRIVATE KEY-----
                MHcCAQEE
                -----END EC PRIVATE KEY-----
                """);
        refused("absent.key", null, "no such file");
        refused("empty.key", null, "no private key in PEM form");
        refused("damaged.key", null, "the key");
    }
}
