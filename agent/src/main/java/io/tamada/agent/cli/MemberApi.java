package io.tamada.agent.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tamada.agent.settings.StoreSettings;
import io.tamada.core.member.Member;
import io.tamada.rest.RestSettings;
import io.tamada.rest.control.Body;
import io.tamada.rest.control.ControlApi;
import io.tamada.rest.peer.PeerTls;
import io.tamada.rest.tls.PemFiles;
import io.tamada.rest.tls.TlsFileException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/// Sends commands to the API of members.
final class MemberApi {

    private static final Duration CONNECT = Duration.ofSeconds(5);

    /// What they do without waiting for anything is there at once. One that takes longer hangs, and
    /// drops what it was told when it finds the connection closed.
    private static final Duration AT_ONCE = Duration.ofSeconds(10);

    /// A restart may take as long as recovery does.
    private static final Duration RESULT = Duration.ofMinutes(10);

    /// What is answered when it has been carried out.
    private static final Set<String> WITH_RESULT = Set.of("/restart", "/switchover", "/failover");

    /// @param status zero when nobody has answered; then `text` says why.
    /// @param mayBeDone whether, unanswered, it may have been carried out all the same.
    record Answer(int status, String text, boolean mayBeDone) {

        Answer(int status, String text) {
            this(status, text, false);
        }

        boolean isGood() {
            return status >= 200 && status < 300;
        }

        /// The JSON object that was answered; null for anything else.
        @Nullable ObjectNode json() {
            return Body.parse(text);
        }
    }

    private final HttpClient client;
    private final String authorization;
    private final Duration patience;

    MemberApi(StoreSettings settings) throws StoreOptions.Failure {
        this(settings, AT_ONCE);
    }

    /// @param patience for what is there at once.
    MemberApi(StoreSettings settings, Duration patience) throws StoreOptions.Failure {
        this.patience = patience;
        HttpClient.Builder builder =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(CONNECT);
        builder.sslContext(tls(settings.tls()));
        client = builder.build();
        var login = settings.authentication();
        authorization =
                login == null
                        ? ""
                        : "Basic "
                                + new RestSettings.Login(
                                                login.username(), login.password().reveal())
                                        .encoded();
    }

    private static SSLContext tls(StoreSettings.Tls tls) throws StoreOptions.Failure {
        try {
            KeyManager @Nullable [] identity = null;
            if (tls.certificate() != null) {
                identity =
                        PemFiles.identity(
                                Path.of(tls.certificate()),
                                tls.key() == null ? null : Path.of(tls.key()),
                                tls.keyPassword() == null ? null : tls.keyPassword().reveal());
            }
            TrustManager @Nullable [] trust = null;
            if (tls.isInsecure()) {
                trust = PeerTls.anyPeer();
            } else if (tls.authorities() != null) {
                trust = PemFiles.trust(Path.of(tls.authorities()));
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(identity, trust, null);
            return context;
        } catch (TlsFileException | GeneralSecurityException unusable) {
            throw new StoreOptions.Failure(
                    AgentCommand.BAD_CONFIGURATION, "ctl: " + unusable.getMessage());
        }
    }

    /// Asks for a document, which is there at once.
    Answer get(Member member, String path) {
        return send(member, "GET", path, "", patience);
    }

    /// Before a wait for a result, the member is asked whether it answers at all.
    Answer send(Member member, String method, String path, String body) {
        if (!method.equals("POST") || !WITH_RESULT.contains(path)) {
            return send(member, method, path, body, patience);
        }
        Answer alive = get(member, "/liveness");
        return alive.status() == 0
                ? new Answer(0, alive.text())
                : send(member, method, path, body, RESULT);
    }

    /// Asks one member after the other, until one answers. A command that may have been carried out
    /// is given to nobody else, unless it does no harm twice.
    ///
    /// @param passedOver told of each that has not answered.
    Answer askAny(
            List<Member> members,
            String method,
            String path,
            String body,
            Consumer<String> passedOver) {
        Answer answer = new Answer(0, "no member has answered");
        for (Member member : members) {
            answer = send(member, method, path, body);
            if (answer.status() != 0 || (answer.mayBeDone() && method.equals("POST"))) {
                break;
            }
            passedOver.accept("%s does not answer: %s".formatted(member.name(), answer.text()));
        }
        return answer;
    }

    /// The client's own exceptions say little, or nothing.
    static String words(IOException silent, Duration patience) {
        return switch (silent) {
            case HttpConnectTimeoutException _ ->
                    "no connection within %d s".formatted(CONNECT.toSeconds());
            case HttpTimeoutException _ -> "no answer within %d s".formatted(patience.toSeconds());
            case ConnectException _ when isUnresolved(silent) -> "its host name is not known";
            case ConnectException _ ->
                    silent.getMessage() == null ? "connection refused" : silent.getMessage();
            default -> silent.getMessage() == null ? "no answer" : silent.getMessage();
        };
    }

    private static boolean isUnresolved(Throwable refused) {
        for (Throwable cause = refused; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException
                    || cause instanceof UnknownHostException) {
                return true;
            }
        }
        return false;
    }

    private Answer send(Member member, String method, String path, String body, Duration within) {
        if (member.apiUrl().isEmpty()) {
            return new Answer(0, "it has no API");
        }
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(member.apiUrl()).resolve(path))
                        .timeout(within)
                        .header("Content-Type", "application/json")
                        .header(ControlApi.OPERATOR_HEADER, Operator.name())
                        .method(
                                method,
                                body.isEmpty()
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofString(body));
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        try {
            HttpResponse<String> response =
                    client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body());
        } catch (HttpConnectTimeoutException | ConnectException unreachable) {
            return new Answer(0, words(unreachable, within));
        } catch (IOException silent) {
            boolean late = silent instanceof HttpTimeoutException && !method.equals("GET");
            return new Answer(
                    0, words(silent, within) + (late ? "; it may be done all the same" : ""), true);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new Answer(0, "interrupted", true);
        }
    }
}
