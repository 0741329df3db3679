package io.tamada.agent.haproxy;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// Reads `GET /cluster` of one member, with one deadline for everything from connect to last
/// byte.
public final class ClusterSource implements AutoCloseable {

    private static final int OK = 200;

    private final HttpClient client;
    private final Duration timeout;

    private ClusterSource(HttpClient client, Duration timeout) {
        this.client = client;
        this.timeout = timeout;
    }

    /// @param caFile certificates to trust for https, or null for those of the Java runtime
    /// @throws IOException when the file cannot be read as certificates
    public static ClusterSource trusting(@Nullable Path caFile, Duration timeout)
            throws IOException {
        var builder = HttpClient.newBuilder().connectTimeout(timeout);
        if (caFile != null) {
            builder.sslContext(contextTrusting(caFile));
        }
        return new ClusterSource(builder.build(), timeout);
    }

    /// @param member the member's REST address, such as `http://10.0.0.1:8008`; a path is ignored
    /// @throws IOException when it does not answer in time, or with something else; names the URL
    public ClusterDocument read(URI member) throws IOException {
        URI address = member.resolve("/cluster");
        var request = HttpRequest.newBuilder(address).timeout(timeout).GET().build();
        var pending = client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
        try {
            HttpResponse<String> response = pending.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            if (response.statusCode() != OK) {
                throw new IOException(address + " answered " + response.statusCode());
            }
            return ClusterDocument.parse(response.body());
        } catch (TimeoutException _) {
            pending.cancel(true);
            throw new IOException(address + " did not answer within " + timeout.toMillis() + " ms");
        } catch (ExecutionException failed) {
            throw new IOException(address + ": " + reason(failed), failed);
        } catch (IllegalArgumentException malformed) {
            throw new IOException(address + ": " + malformed.getMessage(), malformed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException(address + ": interrupted", interrupted);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }

    /// The client often has nothing to say but a class name: `ConnectException` is a refusal.
    private static String reason(ExecutionException failed) {
        Throwable cause = failed.getCause();
        if (cause == null) {
            return failed.toString();
        }
        if (cause.getMessage() != null) {
            return cause.getMessage();
        }
        return cause instanceof java.net.ConnectException
                ? "connection refused"
                : cause.getClass().getSimpleName();
    }

    private static SSLContext contextTrusting(Path caFile) throws IOException {
        try (InputStream in = Files.newInputStream(caFile)) {
            var store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("ca" + number++, certificate);
            }
            if (number == 0) {
                throw new IOException(caFile + ": no certificate in it");
            }
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            var context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException unusable) {
            throw new IOException(
                    caFile + ": not PEM certificates: " + unusable.getMessage(), unusable);
        }
    }
}
