package io.tamada.core.failover;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ClusterRecord;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.cluster.SystemIdentifier;
import io.tamada.core.member.MemberName;
import io.tamada.core.postgres.ServerStatus;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Whether the store knows less of the cluster than this member has recorded.
///
/// A store that was wiped or restored from an old snapshot says nothing of writes that were
/// acknowledged since. What it lacks, the members have to tell: a majority of those that were
/// recorded meets any member that took part in the last change of leader, and the most advanced of
/// them wins.
public enum StoreDoubt {
    NONE,

    /// It shows no cluster, but there was one, or one was begun.
    WIPED,

    /// It shows the cluster as it was before its newest timeline, or before a revision that it had
    /// reached already. Linearizable readings never go back.
    OUTDATED;

    /// @param hasGoneBack whether a revision is lower than one that was read before.
    public static StoreDoubt of(
            ClusterView view, @Nullable ClusterRecord record, boolean hasGoneBack) {
        if (record == null || record.system() == null) {
            // It was in no cluster yet, but it has seen the store: what was begun there may live.
            return hasGoneBack && !(view.initialization() instanceof Initialization.Done)
                    ? WIPED
                    : NONE;
        }
        return switch (view.initialization()) {
            case Initialization.Absent() -> WIPED;
            // The cluster is older than that: it has been emptied, or restored to its first
            // moments.
            case Initialization.InProgress _ -> hasGoneBack ? OUTDATED : NONE;
            case Initialization.Done(SystemIdentifier system) ->
                    system.equals(record.system())
                                    && (view.history().current().isBefore(record.timeline())
                                            || hasGoneBack)
                            ? OUTDATED
                            : NONE;
        };
    }

    /// Why a member that may not lead itself has to be heard all the same; null when none has more
    /// than may be given up.
    ///
    /// Intuition: usually the `status` and `sync` keys say how far the last leader came, and a
    /// member that never leads is left out of the race. A store that has lost those keys leaves
    /// only the members' own word.
    ///
    /// @param own the server of the member that would lead.
    public static @Nullable String whyBehindBarred(
            ServerStatus own, List<PeerReport> peers, ClusterConfig config) {
        long bound = config.synchronous().isOn() ? 0 : config.maximumLagOnFailoverBytes();
        for (PeerReport peer : peers) {
            if (peer instanceof PeerReport.Answered answered
                    && answered.tags().neverLeads()
                    && LeaderRace.compare(answered, own) > 0
                    && (!own.timeline().equals(answered.timeline())
                            || answered.position().bytesSince(own.position()) > bound)) {
                return "%s may not lead, but is ahead: timeline %s, %s; own: timeline %s, %s"
                        .formatted(
                                answered.name(),
                                answered.timeline() == null
                                        ? "unknown"
                                        : answered.timeline().toString(),
                                answered.position(),
                                own.timeline(),
                                own.position());
            }
        }
        return null;
    }

    /// Why the members that answer are too few to judge who is the most advanced; null when they
    /// are enough.
    ///
    /// Intuition: whoever has all acknowledged commits must be among them. With asynchronous
    /// replication nobody need have them all, and a majority is asked for so that two halves never
    /// decide apart. In synchronous mode the leader and the standbys of the lost `sync` key have
    /// them: one standby at least where the mode is strict, and perhaps the leader alone where it
    /// is not.
    public static @Nullable String whyTooFew(
            ClusterRecord record,
            MemberName self,
            List<PeerReport> peers,
            ClusterConfig.Synchronous synchronous) {
        SortedSet<String> missing = new TreeSet<>(record.members().keySet());
        int recorded = missing.size();
        missing.remove(self.value());
        for (PeerReport peer : peers) {
            boolean isKnown =
                    switch (peer) {
                        // While it replays its own WAL there is nothing to compare.
                        case PeerReport.Answered answered -> !answered.replaysOwn();
                        case PeerReport.WithoutData _ -> true;
                        case PeerReport.Unreachable _ -> false;
                    };
            if (isKnown) {
                missing.remove(peer.name().value());
            }
        }
        int mayMiss = (recorded - 1) / 2;
        if (synchronous.isOn()) {
            mayMiss = synchronous.strict() ? Math.min(1, mayMiss) : 0;
        }
        return missing.size() <= mayMiss
                ? null
                : "%d of %d recorded members answer, %d are needed; missing: %s"
                        .formatted(
                                recorded - missing.size(),
                                recorded,
                                recorded - mayMiss,
                                String.join(", ", missing));
    }
}
