package io.tamada.rest.peer;

import io.tamada.core.failsafe.FailsafeAnswer;
import io.tamada.core.failsafe.FailsafeCall;
import io.tamada.core.port.FailsafePeers;
import io.tamada.core.wal.Lsn;
import io.tamada.rest.RestSettings;
import io.tamada.rest.document.FailsafeDocument;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// `POST /failsafe` to other members, Tamadas and Patronis alike. Consent is status 200 and the
/// body `Accepted`, to the letter.
public final class HttpFailsafePeers implements FailsafePeers {

    private static final int OK = 200;
    private static final int SHOWN = 120;

    private static final PeerRound.Reading<FailsafeAnswer> READING =
            new PeerRound.Reading<>() {
                @Override
                public FailsafeAnswer answered(String name, PeerRequest.Answer answer) {
                    return answer.status() == OK && answer.body().equals(FailsafeDocument.ACCEPTED)
                            ? new FailsafeAnswer.Accepted(
                                    name,
                                    promised(answer.headers().get(FailsafeDocument.TTL_HEADER)),
                                    position(answer.headers().get(FailsafeDocument.LSN_HEADER)))
                            : new FailsafeAnswer.Missing(name, refusal(answer));
                }

                @Override
                public FailsafeAnswer missing(String name, String reason) {
                    return new FailsafeAnswer.Missing(name, reason);
                }
            };

    private final PeerRound round;
    private final Supplier<RestSettings.@Nullable Login> login;

    /// @param login what the members ask for before they change anything; null for nothing.
    public HttpFailsafePeers(PeerTls tls, Supplier<RestSettings.@Nullable Login> login) {
        this.round = new PeerRound(tls);
        this.login = login;
    }

    @Override
    public List<FailsafeAnswer> ask(
            FailsafeCall call, SortedMap<String, String> members, Duration timeout) {
        List<PeerRound.Target> targets = new ArrayList<>(members.size());
        for (Map.Entry<String, String> member : members.entrySet()) {
            targets.add(new PeerRound.Target(member.getKey(), member.getValue()));
        }
        return round.ask(
                targets,
                new PeerRequest.Question(
                        "POST", "/failsafe", authorization(), FailsafeDocument.of(call)),
                timeout,
                READING);
    }

    private @Nullable String authorization() {
        RestSettings.Login known = login.get();
        return known == null ? null : "Basic " + known.encoded();
    }

    private static @Nullable Duration promised(@Nullable String header) {
        return header != null && header.matches("[0-9]{1,9}")
                ? Duration.ofMillis(Long.parseLong(header))
                : null;
    }

    private static @Nullable Lsn position(@Nullable String header) {
        return header != null && header.matches("[0-9]{1,18}")
                ? new Lsn(Long.parseLong(header))
                : null;
    }

    /// Shown to people, and it comes from another machine: printable, and not too long.
    private static String refusal(PeerRequest.Answer answer) {
        String text = answer.body().replaceAll("[^ -~]", " ").strip();
        return "HTTP status "
                + answer.status()
                + (text.isEmpty() ? "" : ": " + text.substring(0, Math.min(text.length(), SHOWN)));
    }
}
