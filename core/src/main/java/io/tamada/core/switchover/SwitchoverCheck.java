package io.tamada.core.switchover;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.FailoverRequest;
import io.tamada.core.failover.Consent;
import io.tamada.core.failover.PeerReport;
import io.tamada.core.failover.SyncRace;
import io.tamada.core.postgres.ServerStatus;
import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/// Whether somebody could take over from the leader that asks (Patroni's table D): reachable,
/// allowed, a standby, and near enough.
public final class SwitchoverCheck {

    private SwitchoverCheck() {}

    /// @param own the leader's server.
    /// @param peers what the other members said when they were asked just now.
    /// @return null when somebody can; otherwise why each cannot.
    public static @Nullable String whyNobody(
            FailoverRequest request,
            ClusterConfig config,
            ClusterView view,
            ServerStatus own,
            List<PeerReport> peers) {
        StringJoiner reasons = new StringJoiner("; ");
        for (PeerReport peer : peers) {
            if (request.candidate() == null || request.isCandidate(peer.name())) {
                String whyNot = whyNot(config, own, peer);
                if (whyNot == null) {
                    whyNot = Consent.whyNotAsked(peer.name(), config, view);
                }
                if (whyNot == null && request.leader() != null) {
                    whyNot = SyncRace.whyForbidden(peer.name(), config, view);
                }
                if (whyNot == null) {
                    return null;
                }
                reasons.add(peer.name() + " " + whyNot);
            }
        }
        if (reasons.length() > 0) {
            return reasons.toString();
        }
        return request.candidate() == null
                ? "there is no other member"
                : "there is no member " + request.candidate();
    }

    private static @Nullable String whyNot(
            ClusterConfig config, ServerStatus own, PeerReport report) {
        return switch (report) {
            case PeerReport.Unreachable(var _, String reason) -> "cannot be asked (" + reason + ")";
            case PeerReport.WithoutData _ -> "has no data";
            case PeerReport.Answered peer -> {
                if (!isEligible(peer)) {
                    yield "may not lead";
                }
                if (config.checkTimeline()
                        && (peer.timeline() == null || !peer.timeline().equals(own.timeline()))) {
                    yield "is not on timeline " + own.timeline() + " (check_timeline)";
                }
                long lagBytes = own.position().bytesSince(peer.position());
                yield lagBytes > config.maximumLagOnFailoverBytes()
                        ? "is %d bytes behind; maximum_lag_on_failover is %d"
                                .formatted(lagBytes, config.maximumLagOnFailoverBytes())
                        : null;
            }
        };
    }

    /// Whether a member that was asked for by name, or any other, is there to take a vacant key.
    public static boolean isReady(PeerReport report) {
        return report instanceof PeerReport.Answered peer && isEligible(peer);
    }

    private static boolean isEligible(PeerReport.Answered peer) {
        return !peer.runsAsPrimary() && !peer.tags().neverLeads() && !peer.watchdogFailed();
    }
}
