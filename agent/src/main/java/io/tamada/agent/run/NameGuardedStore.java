package io.tamada.agent.run;

import io.tamada.core.cluster.ClusterStatus;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.SyncState;
import io.tamada.core.cluster.SystemIdentifier;
import io.tamada.core.failover.PeerReport;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberProfile;
import io.tamada.core.port.ClusterStore;
import io.tamada.core.port.PeerProbe;
import io.tamada.core.wal.Timeline;
import io.tamada.core.wal.TimelineHistory;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// The store behind one question, asked with its first answer: is a live agent of another
/// installation using our name? Two agents of one name would take each other's leader key for
/// their own. While the name is taken the store counts as unreachable, so that nothing is
/// published, won or promoted under it.
public final class NameGuardedStore implements ClusterStore {

    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(2);

    private final ClusterStore store;
    private final MemberProfile self;
    private final PeerProbe peers;
    private boolean asked;
    private @Nullable String taken;

    public NameGuardedStore(ClusterStore store, MemberProfile self, PeerProbe peers) {
        this.store = store;
        this.self = self;
        this.peers = peers;
    }

    /// Why the name cannot be used; null when it can, or when that is not known yet.
    public @Nullable String taken() {
        return taken;
    }

    @Override
    public ReadOutcome read(Duration timeout) {
        ReadOutcome outcome = store.read(timeout);
        if (!asked && outcome instanceof ReadOutcome.View(ClusterView view, _, _)) {
            asked = true;
            taken = whyTaken(view);
        }
        return taken == null ? outcome : new ReadOutcome.Unreachable(taken);
    }

    private @Nullable String whyTaken(ClusterView view) {
        Member known = view.member(self.name());
        if (known == null
                || self.identity().equals(known.identity())
                || known.apiUrl().equals(self.apiUrl())) {
            return null;
        }
        PeerReport report = peers.ask(List.of(known), PROBE_TIMEOUT).getFirst();
        return report instanceof PeerReport.Answered ? taken(self.name(), known.apiUrl()) : null;
    }

    /// Begins with Patroni's words.
    public static String taken(MemberName name, String apiUrl) {
        return "Can't start; there is already a node named '%s' running at %s; give this one another name (key 'name')"
                .formatted(name, apiUrl);
    }

    @Override
    public WriteOutcome keepSession(Duration ttl, Duration timeout) {
        return store.keepSession(ttl, timeout);
    }

    @Override
    public RenewOutcome renewLeadership(Duration ttl, Duration timeout) {
        return store.renewLeadership(ttl, timeout);
    }

    @Override
    public AcquireOutcome acquireLeadership(ClusterView seen, Duration ttl, Duration timeout) {
        return store.acquireLeadership(seen, ttl, timeout);
    }

    @Override
    public AcquireOutcome adoptLeadership(ClusterView seen, Duration ttl, Duration timeout) {
        return store.adoptLeadership(seen, ttl, timeout);
    }

    @Override
    public WriteOutcome releaseLeadership(Duration timeout) {
        return store.releaseLeadership(timeout);
    }

    @Override
    public WriteOutcome publishMember(Member member, Duration timeout) {
        return store.publishMember(member, timeout);
    }

    @Override
    public WriteOutcome claimInitialization(Duration timeout) {
        return store.claimInitialization(timeout);
    }

    @Override
    public WriteOutcome completeInitialization(SystemIdentifier system, Duration timeout) {
        return store.completeInitialization(system, timeout);
    }

    @Override
    public WriteOutcome abandonInitialization(Duration timeout) {
        return store.abandonInitialization(timeout);
    }

    @Override
    public WriteOutcome claimRebuild(Duration timeout) {
        return store.claimRebuild(timeout);
    }

    @Override
    public WriteOutcome releaseRebuild(Duration timeout) {
        return store.releaseRebuild(timeout);
    }

    @Override
    public WriteOutcome createConfig(String json, Duration timeout) {
        return store.createConfig(json, timeout);
    }

    @Override
    public WriteOutcome writeStatus(ClusterStatus status, Duration timeout) {
        return store.writeStatus(status, timeout);
    }

    @Override
    public WriteOutcome writeSync(SyncState wanted, long seenRevision, Duration timeout) {
        return store.writeSync(wanted, seenRevision, timeout);
    }

    @Override
    public WriteOutcome writeHistory(TimelineHistory history, Duration timeout) {
        return store.writeHistory(history, timeout);
    }

    @Override
    public WriteOutcome claimTimeline(Timeline timeline, Duration timeout) {
        return store.claimTimeline(timeline, timeout);
    }

    @Override
    public WriteOutcome clearFailover(long seenRevision, Duration timeout) {
        return store.clearFailover(seenRevision, timeout);
    }

    @Override
    public WriteOutcome writeFailsafe(
            SortedMap<String, String> urls, long seenRevision, Duration timeout) {
        return store.writeFailsafe(urls, seenRevision, timeout);
    }
}
