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
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/// Sends commands to the API of members.
final class MemberApi {

    private static final Duration CONNECT = Duration.ofSeconds(5);

    private static final Duration DOCUMENT = Duration.ofSeconds(10);

    /// A restart may take as long as recovery does.
    private static final Duration RESULT = Duration.ofMinutes(10);

    /// @param status zero when nobody has answered; then `text` says why.
    record Answer(int status, String text) {

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

    MemberApi(StoreSettings settings) throws StoreOptions.Failure {
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
        return send(member, "GET", path, "", DOCUMENT);
    }

    Answer send(Member member, String method, String path, String body) {
        return send(member, method, path, body, RESULT);
    }

    private Answer send(Member member, String method, String path, String body, Duration patience) {
        if (member.apiUrl().isEmpty()) {
            return new Answer(0, "it has no API");
        }
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(member.apiUrl()).resolve(path))
                        .timeout(patience)
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
        } catch (IOException silent) {
            String why = silent.getMessage();
            return new Answer(0, why == null ? "no answer" : why);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new Answer(0, "interrupted");
        }
    }
}
