package io.tamada.dcs.grpc;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthenticateRequest;
import io.etcd.jetcd.api.AuthenticateResponse;
import io.grpc.Metadata;
import io.tamada.dcs.EtcdSettings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The user's token, fetched when there is none and dropped when etcd refuses it. Simple tokens
/// run out after minutes without use, on every member of etcd by its own count.
final class Credentials {

    private static final Metadata.Key<String> TOKEN =
            Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

    /// An endpoint without a leader refuses at once instead of holding the call.
    private static final Metadata.Key<String> REQUIRE_LEADER =
            Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);

    private static final String NOT_ENABLED = "authentication is not enabled";

    private final @Nullable String username;
    private final @Nullable String password;
    private volatile @Nullable String token;

    /// etcd has said that it wants no authentication.
    private volatile boolean needless;

    Credentials(EtcdSettings settings) {
        username = settings.username();
        password = settings.password();
        needless = username == null;
    }

    /// What every call carries.
    Metadata headers() {
        Metadata headers = new Metadata();
        headers.put(REQUIRE_LEADER, "true");
        String held = token;
        if (held != null) {
            headers.put(TOKEN, held);
        }
        return headers;
    }

    /// Gets a token where one is needed and missing.
    ///
    /// @return null when calls can be made, otherwise why not.
    Attempt.@Nullable Failed<AuthenticateResponse> ensure(Endpoint endpoint, Duration timeout) {
        if (needless || token != null || username == null || password == null) {
            return null;
        }
        AuthenticateRequest request =
                AuthenticateRequest.newBuilder()
                        .setNameBytes(ByteString.copyFromUtf8(username))
                        .setPasswordBytes(ByteString.copyFromUtf8(password))
                        .build();
        return switch (Attempt.call(
                endpoint.channel(),
                AuthGrpc.getAuthenticateMethod(),
                request,
                new Metadata(),
                timeout)) {
            case Attempt.Answered<AuthenticateResponse>(AuthenticateResponse answer) -> {
                token = answer.getToken();
                yield null;
            }
            case Attempt.Failed<AuthenticateResponse> failed -> {
                if (failed.reason().contains(NOT_ENABLED)) {
                    needless = true;
                    yield null;
                }
                yield new Attempt.Failed<>(
                        failed.failure(),
                        Attempt.Reach.NO_EFFECT,
                        "user " + username + ": " + failed.reason());
            }
        };
    }

    /// The token was refused, or is missing where it is wanted.
    void drop() {
        token = null;
        needless = username == null;
    }
}
