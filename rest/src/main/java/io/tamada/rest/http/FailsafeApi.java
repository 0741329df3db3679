package io.tamada.rest.http;

import io.tamada.core.failsafe.FailsafeBoard;
import io.tamada.core.member.MemberName;
import io.tamada.core.port.TimeSource;
import io.tamada.core.postgres.ProbeBoard;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.rest.RestSettings;
import io.tamada.rest.control.Admission;
import io.tamada.rest.control.MemberAddresses;
import io.tamada.rest.control.Reply.Form;
import io.tamada.rest.document.FailsafeDocument;
import io.tamada.rest.document.SmallDocuments;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// `POST /failsafe`: a leader that has lost the store asks for this member's consent. What is said
/// here is hung up at the board; the loop obeys it.
///
/// Who may ask: where the API asks for a login, whoever has it; elsewhere whoever asks from the
/// address of a member, as the last view of the store or this member's own record names them.
/// Without any check, anybody in the network could put off a failover for ever.
public final class FailsafeApi {

    private final FailsafeBoard board;
    private final ProbeBoard probe;
    private final TimeSource time;
    private final Runnable asked;
    private final RestSettings.@Nullable Login login;
    private final MemberAddresses addresses = new MemberAddresses();

    /// @param asked called after a consent was given, so that the loop takes note.
    public FailsafeApi(
            RestSettings settings,
            FailsafeBoard board,
            ProbeBoard probe,
            TimeSource time,
            Runnable asked) {
        this.board = board;
        this.probe = probe;
        this.time = time;
        this.asked = asked;
        this.login = settings.login();
    }

    /// @param headers beside the usual ones.
    record Reply(int status, Form form, String body, SequencedMap<String, String> headers) {

        static Reply text(int status, String text) {
            return new Reply(status, Form.SENTENCE, text, new LinkedHashMap<>());
        }

        static Reply error(int status, String sentence) {
            return new Reply(
                    status,
                    Form.JSON,
                    new String(SmallDocuments.error(sentence), StandardCharsets.UTF_8),
                    new LinkedHashMap<>());
        }
    }

    Reply post(InetAddress from, @Nullable String authorization, String body) {
        if (login != null) {
            if (Admission.whyUnknown(login, authorization) != null) {
                Reply refused = Reply.error(401, "a user name and a password are asked for");
                refused.headers().put("WWW-Authenticate", "Basic realm=\"tamada\"");
                return refused;
            }
        } else if (!addresses.include(board.terms().known().values(), from)) {
            return Reply.error(
                    403,
                    from.getHostAddress()
                            + " is not the address of a member (restapi.connect_address); configure"
                            + " restapi.authentication where members ask from other addresses");
        }
        MemberName leader = FailsafeDocument.leaderOf(body);
        if (leader == null) {
            return Reply.error(400, "the body is no JSON object with the leader's name");
        }
        if (board.terms().ttl() == null) {
            return disabled();
        }
        ProbeBoard.Reading reading = probe.latest();
        ServerStatus status = reading == null ? null : reading.status();
        if (status != null && !status.inRecovery()) {
            return Reply.text(500, LEADING);
        }
        return switch (board.ask(leader, time.now())) {
            case FailsafeBoard.Reply.Accepted(var ttl) -> {
                board.told(FailsafeDocument.slotsOf(body));
                asked.run();
                Reply accepted = Reply.text(200, FailsafeDocument.ACCEPTED);
                accepted.headers().put(FailsafeDocument.TTL_HEADER, Long.toString(ttl.toMillis()));
                if (status != null) {
                    accepted.headers()
                            .put(
                                    FailsafeDocument.LSN_HEADER,
                                    Long.toString(status.position().value()));
                }
                yield accepted;
            }
            case FailsafeBoard.Reply.Leading() -> Reply.text(500, LEADING);
            case FailsafeBoard.Reply.OtherLeads(MemberName other) ->
                    Reply.text(500, other + " is the leader");
            case FailsafeBoard.Reply.Disabled() -> disabled();
        };
    }

    private static final String LEADING = "Running as a leader";

    private static Reply disabled() {
        return Reply.error(502, "failsafe mode is disabled, or cannot be recorded");
    }
}
