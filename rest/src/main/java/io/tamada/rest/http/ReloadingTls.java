package io.tamada.rest.http;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.tamada.rest.RestTls;
import io.tamada.rest.tls.CipherList;
import io.tamada.rest.tls.PemFiles;
import io.tamada.rest.tls.TlsFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The server's side of TLS. A certificate, key or list of authorities that was renewed on disk
/// counts for new connections a moment later; nothing has to be restarted or told.
final class ReloadingTls {

    private static final Logger LOG = LoggerFactory.getLogger(ReloadingTls.class);

    private static final Duration LOOKED_AT_EVERY = Duration.ofSeconds(1);

    private final RestTls files;
    private SslContext context;
    private List<String> seen;
    private long lookedAtNanos = System.nanoTime();

    /// @throws TlsFileException when a file cannot be used.
    ReloadingTls(RestTls files) throws TlsFileException {
        this.files = files;
        this.seen = stamps();
        this.context = build();
    }

    /// For a new connection. While the files on disk cannot be used, as before.
    synchronized SslContext context() {
        long now = System.nanoTime();
        if (now - lookedAtNanos >= LOOKED_AT_EVERY.toNanos()) {
            lookedAtNanos = now;
            List<String> stamps = stamps();
            if (!stamps.equals(seen)) {
                seen = stamps;
                try {
                    context = build();
                    LOG.info("restapi: the certificates were read again");
                } catch (TlsFileException unusable) {
                    LOG.warn(
                            "restapi: {}; the certificates of before stay in use",
                            unusable.getMessage());
                }
            }
        }
        return context;
    }

    private List<String> stamps() {
        List<String> stamps = new ArrayList<>();
        add(stamps, files.certificateFile());
        add(stamps, files.keyFile());
        add(stamps, files.authorityFile());
        return stamps;
    }

    private static void add(List<String> stamps, @Nullable Path file) {
        if (file == null) {
            return;
        }
        try {
            stamps.add(
                    file
                            + " "
                            + Files.getLastModifiedTime(file)
                            + " "
                            + Files.size(file)
                            + " "
                            + Files.getAttribute(file, "unix:ino"));
        } catch (IOException absent) {
            stamps.add(file + " absent");
        }
    }

    private SslContext build() throws TlsFileException {
        try {
            SslContextBuilder builder =
                    SslContextBuilder.forServer(
                                    PemFiles.identity(
                                            files.certificateFile(),
                                            files.keyFile(),
                                            files.keyFilePassword())[0])
                            .sslProvider(SslProvider.JDK)
                            .clientAuth(
                                    switch (files.verifyClient()) {
                                        case NONE -> ClientAuth.NONE;
                                        case OPTIONAL -> ClientAuth.OPTIONAL;
                                        case REQUIRED -> ClientAuth.REQUIRE;
                                    });
            if (!files.ciphers().isEmpty()) {
                // Those of TLS 1.3 are chosen apart, here as in OpenSSL.
                List<String> suites = new ArrayList<>(CipherList.TLS_1_3);
                suites.addAll(files.ciphers());
                builder.ciphers(suites, SupportedCipherSuiteFilter.INSTANCE);
            }
            if (files.authorityFile() != null) {
                builder.trustManager(PemFiles.trust(files.authorityFile())[0]);
            }
            return builder.build();
        } catch (SSLException unusable) {
            throw new IllegalStateException("no TLS in this JVM", unusable);
        }
    }
}
