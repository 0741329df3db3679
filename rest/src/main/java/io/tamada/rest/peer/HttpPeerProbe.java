package io.tamada.rest.peer;

import io.tamada.core.failover.PeerReport;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberName;
import io.tamada.core.port.PeerProbe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Asks peers for their status over their REST API, all at once.
public final class HttpPeerProbe implements PeerProbe {

    private static final PeerRound.Reading<PeerReport> READING =
            new PeerRound.Reading<>() {
                @Override
                public PeerReport answered(String name, PeerRequest.Answer answer)
                        throws IOException {
                    return PeerDocument.report(
                            new MemberName(name),
                            answer.inOrder().getBytes(StandardCharsets.UTF_8));
                }

                @Override
                public PeerReport missing(String name, String reason) {
                    return new PeerReport.Unreachable(new MemberName(name), reason);
                }
            };

    private final PeerRound round;

    public HttpPeerProbe(PeerTls tls) {
        this.round = new PeerRound(tls);
    }

    @Override
    public List<PeerReport> ask(List<Member> members, Duration timeout) {
        List<PeerRound.Target> targets = new ArrayList<>(members.size());
        for (Member member : members) {
            targets.add(new PeerRound.Target(member.name().value(), member.apiUrl()));
        }
        return round.ask(targets, PeerRequest.Question.STATUS, timeout, READING);
    }
}
