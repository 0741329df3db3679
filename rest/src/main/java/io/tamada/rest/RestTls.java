package io.tamada.rest;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// TLS of the API server.
///
/// @param certificateFile PEM, the server's own certificate first, then its chain.
/// @param keyFile PEM; null means that the key stands in the certificate file.
/// @param keyFilePassword of an encrypted key; never printed.
/// @param ciphers the suites of TLS 1.2 that may be used; empty for the JVM's own choice.
/// @param authorityFile PEM, the authorities that client certificates are checked against.
public record RestTls(
        Path certificateFile,
        @Nullable Path keyFile,
        @Nullable String keyFilePassword,
        @Nullable Path authorityFile,
        List<String> ciphers,
        VerifyClient verifyClient) {

    public RestTls {
        ciphers = List.copyOf(ciphers);
    }

    /// Patroni's `verify_client`.
    public enum VerifyClient {
        /// Client certificates are not looked at.
        NONE,
        /// Unsafe requests need one.
        OPTIONAL,
        /// Every connection needs one.
        REQUIRED
    }

    @Override
    public String toString() {
        return "RestTls[certificateFile="
                + certificateFile
                + ", verifyClient="
                + verifyClient
                + "]";
    }
}
