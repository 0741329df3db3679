package io.tamada.core.failover;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberTags;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.wal.Lsn;
import io.tamada.core.wal.Timeline;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who may take a vacant leader key (Patroni's race, table B of its contract).
///
/// Intuition: everybody who is not held back tries, and the store lets one win; so the rules only
/// have to hold back those whose promotion would lose data or break a promise. Every answer is
/// the reason why not, in words for an operator, or null when nothing speaks against it. What
/// scripts look for in the log is in Patroni's words.
public final class LeaderRace {

    private LeaderRace() {}

    /// For a running standby.
    ///
    /// @param peers what the other members said when they were asked just now.
    public static @Nullable String whyStandbyMayNotLead(
            MemberName self,
            MemberTags tags,
            ClusterConfig config,
            ClusterView view,
            ServerStatus own,
            List<PeerReport> peers) {
        return whyStandbyMayNotLead(self, tags, config, view, own, peers, Lag.BOUNDED);
    }

    /// Whether `maximum_lag_on_failover` counts; not where somebody has asked for a failover.
    public enum Lag {
        BOUNDED,
        ANY
    }

    public static @Nullable String whyStandbyMayNotLead(
            MemberName self,
            MemberTags tags,
            ClusterConfig config,
            ClusterView view,
            ServerStatus own,
            List<PeerReport> peers,
            Lag lag) {
        String barred = whyMemberMayNotLead(tags, config, view);
        if (barred == null) {
            barred = SyncRace.whyForbidden(self, config, view);
        }
        if (barred != null) {
            return barred;
        }
        String lacks = whyTooFarBehind(config, view, own, lag);
        if (lacks != null) {
            return lacks;
        }
        List<MemberName> notAhead = new ArrayList<>();
        List<MemberName> unknown = new ArrayList<>();
        for (PeerReport peer : peers) {
            if (peer instanceof PeerReport.Answered answered) {
                boolean counts = SyncRace.counts(self, answered.name(), config, view);
                String behind = whyBehind(tags, own, answered, counts);
                if (behind != null) {
                    return behind;
                }
                if (answered.replaysOwn()) {
                    unknown.add(answered.name());
                } else if (compare(answered, own) <= 0) {
                    notAhead.add(answered.name());
                }
            }
        }
        return SyncRace.whyTooFewVotes(self, config, view, notAhead, unknown);
    }

    /// What its own data say against a standby, whatever the others have: how far it lags behind
    /// the position that the leader last published, and its timeline.
    public static @Nullable String whyTooFarBehind(
            ClusterConfig config, ClusterView view, ServerStatus own, Lag lag) {
        long lagBytes = view.status().optime().bytesSince(own.position());
        if (lag == Lag.BOUNDED && lagBytes > config.maximumLagOnFailoverBytes()) {
            return "it is %d bytes behind the last known position of the leader; maximum_lag_on_failover is %d"
                    .formatted(lagBytes, config.maximumLagOnFailoverBytes());
        }
        Timeline clusterTimeline = view.history().current();
        return config.checkTimeline() && own.timeline().isBefore(clusterTimeline)
                ? "its timeline %s is behind the cluster's %s (check_timeline)"
                        .formatted(own.timeline(), clusterTimeline)
                : null;
    }

    /// For a server that runs as primary while there is no leader: the lease has run out or the
    /// key was deleted, and nobody has taken it yet.
    public static @Nullable String whyPrimaryMayNotContinue(
            MemberName self,
            ClusterConfig config,
            ClusterView view,
            ServerStatus own,
            List<PeerReport> peers) {
        String forbidden = SyncRace.whyPrimaryForbidden(self, config, view);
        if (forbidden != null) {
            return forbidden;
        }
        if (own.timeline().isBefore(view.history().current())) {
            return "its timeline %s is behind the cluster's %s"
                    .formatted(own.timeline(), view.history().current());
        }
        for (PeerReport peer : peers) {
            if (peer instanceof PeerReport.Answered answered
                    && answered.runsAsPrimary()
                    && answered.timeline() != null
                    && answered.timeline().isAfter(own.timeline())) {
                return "%s runs as primary on the newer timeline %s"
                        .formatted(answered.name(), answered.timeline());
            }
        }
        return null;
    }

    /// What holds a member back whatever its data are.
    public static @Nullable String whyMemberMayNotLead(
            MemberTags tags, ClusterConfig config, ClusterView view) {
        if (tags.neverLeads()) {
            return "following a different leader because I am not allowed to promote: it is tagged"
                    + " nofailover, or has a failover_priority of zero or less";
        }
        return null;
    }

    /// @param counts whether its data matter; that it runs as a primary always does.
    private static @Nullable String whyBehind(
            MemberTags tags, ServerStatus own, PeerReport.Answered peer, boolean counts) {
        if (peer.runsAsPrimary()) {
            return peer.name() + " answers and runs as primary";
        }
        if (!counts || peer.tags().neverLeads() || peer.watchdogFailed()) {
            return null;
        }
        int order = compare(peer, own);
        if (order > 0) {
            return "Wal position of %s is ahead of my wal position: timeline %s, %s; own: timeline %s, %s"
                    .formatted(
                            peer.name(),
                            peer.timeline() == null ? "unknown" : peer.timeline().toString(),
                            peer.position(),
                            own.timeline(),
                            own.position());
        }
        if (order == 0 && peer.tags().failoverPriority() > tags.failoverPriority()) {
            return "%s has equally tolerable WAL position and priority %d, while this node has priority %d"
                    .formatted(
                            peer.name(), peer.tags().failoverPriority(), tags.failoverPriority());
        }
        return null;
    }

    /// A newer timeline outranks any position on an older one: what the older one has in excess
    /// was given up by the failover that began the newer one.
    static int compare(PeerReport.Answered peer, ServerStatus own) {
        Timeline timeline = peer.timeline();
        if (timeline != null && !timeline.equals(own.timeline())) {
            return timeline.compareTo(own.timeline());
        }
        Lsn position = own.position();
        return peer.position().compareTo(position);
    }
}
