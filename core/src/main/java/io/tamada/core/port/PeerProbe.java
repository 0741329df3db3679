package io.tamada.core.port;

import io.tamada.core.failover.PeerReport;
import io.tamada.core.member.Member;
import java.time.Duration;
import java.util.List;

/// Asks other members for their status over REST, all at once.
public interface PeerProbe {

    /// One report for each member asked, in the same order; one that did not answer within the
    /// timeout is reported as unreachable.
    List<PeerReport> ask(List<Member> members, Duration timeout);
}
