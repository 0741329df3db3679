package io.tamada.chaos.cluster;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/// Asks one agent's REST API, with a deadline that a stopped agent costs in full.
public final class Rest {

    private static final Duration DEADLINE = Duration.ofSeconds(2);
    private static final HttpClient CLIENT =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(DEADLINE)
                    .build();
    private static final Duration COMMAND_DEADLINE = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    private Rest() {}

    /// @param status 0 when there was no answer.
    public record Answer(int status, String body) {

        /// A missing node when the body is no JSON.
        public JsonNode json() {
            try {
                return JSON.readTree(body);
            } catch (JacksonException _) {
                return MissingNode.getInstance();
            }
        }
    }

    /// @param path with its first slash.
    public static Answer ask(int port, String path) {
        return send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .timeout(DEADLINE)
                        .build());
    }

    /// Sends a command, and waits for what comes of it.
    public static Answer command(int port, String method, String path, String body) {
        return send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .timeout(COMMAND_DEADLINE)
                        .build());
    }

    private static Answer send(HttpRequest request) {
        try {
            HttpResponse<String> answer =
                    CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
            return new Answer(answer.statusCode(), answer.body());
        } catch (IOException e) {
            return new Answer(0, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Answer(0, e.toString());
        }
    }
}
