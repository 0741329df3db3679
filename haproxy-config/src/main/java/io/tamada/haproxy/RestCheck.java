package io.tamada.haproxy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// How the members' REST API is asked for health.
public record RestCheck(Method method, Transport transport, @Nullable Credentials credentials) {

    /// `OPTIONS` by default: the answer is the status line alone.
    public enum Method {
        OPTIONS,
        GET
    }

    /// Whether the REST API speaks TLS.
    public sealed interface Transport {
        record Plain() implements Transport {}

        /// Without a `caFile` the certificate is not verified: the check is encrypted, no more.
        record Tls(@Nullable Path caFile) implements Transport {}
    }

    /// For a REST API that asks for a password even on health checks.
    public record Credentials(String user, String password) {

        String basic() {
            byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
            return "Basic " + Base64.getEncoder().encodeToString(pair);
        }

        @Override
        public String toString() {
            return "Credentials[user=" + user + "]";
        }
    }

    public static RestCheck plain() {
        return new RestCheck(Method.OPTIONS, new Transport.Plain(), null);
    }
}
