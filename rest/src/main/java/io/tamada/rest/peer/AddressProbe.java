package io.tamada.rest.peer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who answers at an address.
public final class AddressProbe {

    /// @param name as it says in `patroni.name`; Patroni itself says so since 3.2.
    public record Agent(String scope, String name) {}

    private static final ObjectMapper JSON = new ObjectMapper();

    private final PeerRound round;

    public AddressProbe(PeerTls tls) {
        this.round = new PeerRound(tls);
    }

    /// The agent whose API is at a URL; null when none answers, or one that does not say its name.
    public @Nullable Agent agentAt(String apiUrl, Duration timeout) {
        return round.ask(
                        List.of(new PeerRound.Target("address", apiUrl)),
                        PeerRequest.Question.STATUS,
                        timeout,
                        READING)
                .getFirst()
                .agent();
    }

    /// A list has no room for null.
    private record Found(@Nullable Agent agent) {}

    private static final PeerRound.Reading<Found> READING =
            new PeerRound.Reading<>() {
                @Override
                public Found answered(String name, PeerRequest.Answer answer) throws IOException {
                    JsonNode patroni = JSON.readTree(answer.body()).path("patroni");
                    return patroni.has("scope") && patroni.has("name")
                            ? new Found(
                                    new Agent(
                                            patroni.path("scope").asText(),
                                            patroni.path("name").asText()))
                            : new Found(null);
                }

                @Override
                public Found missing(String name, String reason) {
                    return new Found(null);
                }
            };
}
