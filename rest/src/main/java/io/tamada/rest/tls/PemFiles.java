package io.tamada.rest.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// Reads certificates and keys from PEM files, in the forms that OpenSSL writes: PKCS #8, plain
/// or encrypted, and the older PKCS #1 (RSA) and SEC 1 (EC) forms, because files that served a
/// Patroni must serve here.
public final class PemFiles {

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----\\s*([^-]*?)\\s*-----END \\1-----");

    private static final String[] KEY_ALGORITHMS = {"RSA", "EC", "EdDSA"};

    private PemFiles() {}

    /// A key and its chain, ready for a TLS engine.
    public static KeyManager[] identity(
            Path certificateFile, @Nullable Path keyFile, @Nullable String password)
            throws TlsFileException {
        Path source = keyFile == null ? certificateFile : keyFile;
        List<X509Certificate> chain = certificates(certificateFile);
        PrivateKey key = privateKey(source, password);
        try {
            KeyStore store = emptyStore();
            store.setKeyEntry("key", key, new char[0], chain.toArray(new Certificate[0]));
            KeyManagerFactory factory =
                    KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, new char[0]);
            return factory.getKeyManagers();
        } catch (GeneralSecurityException | IOException unfit) {
            throw new TlsFileException(
                    source + " and " + certificateFile + " do not fit: " + unfit.getMessage());
        }
    }

    /// Trust in the authorities of a file and in nobody else.
    public static TrustManager[] trust(Path authorityFile) throws TlsFileException {
        try {
            KeyStore store = emptyStore();
            int number = 0;
            for (X509Certificate authority : certificates(authorityFile)) {
                store.setCertificateEntry("authority-" + number++, authority);
            }
            TrustManagerFactory factory =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return factory.getTrustManagers();
        } catch (GeneralSecurityException | IOException unfit) {
            throw new TlsFileException(authorityFile + ": " + unfit.getMessage());
        }
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    /// All certificates of a file, at least one.
    public static List<X509Certificate> certificates(Path file) throws TlsFileException {
        List<X509Certificate> certificates = new ArrayList<>();
        Matcher block = BLOCK.matcher(text(file));
        while (block.find()) {
            if (block.group(1).endsWith("CERTIFICATE")) {
                certificates.add(certificate(file, bytes(file, block.group(2))));
            }
        }
        if (certificates.isEmpty()) {
            throw new TlsFileException(file + ": no certificate in PEM form is in this file");
        }
        return certificates;
    }

    private static X509Certificate certificate(Path file, byte[] der) throws TlsFileException {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(der));
        } catch (GeneralSecurityException broken) {
            throw new TlsFileException(file + ": a certificate cannot be read");
        }
    }

    static PrivateKey privateKey(Path file, @Nullable String password) throws TlsFileException {
        Matcher block = BLOCK.matcher(text(file));
        while (block.find()) {
            String kind = block.group(1);
            if (!kind.endsWith("PRIVATE KEY")) {
                continue;
            }
            if (block.group(2).contains("ENCRYPTED")) {
                throw new TlsFileException(
                        file
                                + ": keys encrypted in OpenSSL's traditional form are not read;"
                                + " convert it with: openssl pkcs8 -topk8");
            }
            return key(file, kind, bytes(file, block.group(2)), password);
        }
        throw new TlsFileException(file + ": no private key in PEM form is in this file");
    }

    private static PrivateKey key(Path file, String kind, byte[] der, @Nullable String password)
            throws TlsFileException {
        try {
            return switch (kind) {
                case "PRIVATE KEY" -> pkcs8(file, der);
                case "RSA PRIVATE KEY" -> pkcs8(file, Der.pkcs8OfRsa(der));
                case "EC PRIVATE KEY" -> pkcs8(file, Der.pkcs8OfEc(der));
                case "ENCRYPTED PRIVATE KEY" -> pkcs8(file, decrypted(file, der, password));
                default -> throw new TlsFileException(file + ": unknown kind of key: " + kind);
            };
        } catch (IllegalArgumentException damaged) {
            throw new TlsFileException(file + ": " + damaged.getMessage());
        }
    }

    private static PrivateKey pkcs8(Path file, byte[] der) throws TlsFileException {
        for (String algorithm : KEY_ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm)
                        .generatePrivate(new PKCS8EncodedKeySpec(der));
            } catch (InvalidKeySpecException _) {
                // Not of this algorithm.
            } catch (GeneralSecurityException missing) {
                throw new TlsFileException(file + ": " + missing.getMessage());
            }
        }
        throw new TlsFileException(file + ": the private key cannot be read");
    }

    private static byte[] decrypted(Path file, byte[] der, @Nullable String password)
            throws TlsFileException {
        if (password == null) {
            throw new TlsFileException(file + ": the key is encrypted and no password is given");
        }
        try {
            EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(der);
            // The parameters of PBES2 print as the name of the whole scheme.
            String scheme =
                    info.getAlgName().startsWith("PBES2")
                                    || info.getAlgName().startsWith("1.2.840.113549.1.5.13")
                            ? info.getAlgParameters().toString()
                            : info.getAlgName();
            SecretKey secret =
                    SecretKeyFactory.getInstance(scheme)
                            .generateSecret(new PBEKeySpec(password.toCharArray()));
            Cipher cipher = Cipher.getInstance(scheme);
            cipher.init(Cipher.DECRYPT_MODE, secret, info.getAlgParameters());
            return info.getKeySpec(cipher).getEncoded();
        } catch (GeneralSecurityException | IOException wrong) {
            throw new TlsFileException(
                    file + ": the key cannot be decrypted with the given password");
        }
    }

    private static byte[] bytes(Path file, String base64) throws TlsFileException {
        try {
            return Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException broken) {
            throw new TlsFileException(file + ": damaged base64");
        }
    }

    private static String text(Path file) throws TlsFileException {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException missing) {
            throw new TlsFileException(file + ": no such file");
        } catch (IOException unreadable) {
            throw new TlsFileException(file + ": cannot be read: " + unreadable.getMessage());
        }
    }
}
