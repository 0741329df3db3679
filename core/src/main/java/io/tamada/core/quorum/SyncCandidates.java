package io.tamada.core.quorum;

import io.tamada.core.cluster.ClusterConfig.Synchronous;
import io.tamada.core.cluster.SyncState;
import io.tamada.core.cluster.SynchronousMode;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberRole;
import io.tamada.core.member.MemberState;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.ServerStatus.ReplicationConnection;
import io.tamada.core.postgres.StandbyNames;
import io.tamada.core.quorum.SyncTarget.WhenEmpty;
import io.tamada.core.wal.Lsn;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which standbys a leader should wait for (Patroni's selection, with a memory: who is waited for
/// already is not given up for a small difference).
public final class SyncCandidates {

    /// A newcomer must be this much better than the bound that lets the present ones stay.
    private static final int HYSTERESIS = 2;

    private SyncCandidates() {}

    /// What a standby is measured by: what a commit waits for.
    public enum Measure {
        FLUSHED,
        REPLAYED;

        /// `remote_apply` waits for the replay.
        public static Measure of(@Nullable String synchronousCommit) {
            return "remote_apply".equalsIgnoreCase(synchronousCommit) ? REPLAYED : FLUSHED;
        }
    }

    private record Candidate(Member member, Lsn reached, boolean present) {}

    private static final Comparator<Candidate> BEST_FIRST =
            Comparator.comparing((Candidate c) -> c.member().tags().neverLeads())
                    .thenComparingInt(c -> -c.member().tags().syncPriority())
                    .thenComparing(c -> !c.present())
                    .thenComparing(Candidate::reached, Comparator.reverseOrder())
                    .thenComparing(c -> c.member().name());

    /// @param published what the store says now.
    /// @param awaited names in lower case of published standbys that do not stream, but not for
    ///     long yet.
    /// @param measure how far a standby counts to have come.
    /// @param rebuilding the member that is to replace its data by a copy; null when none is.
    public static SyncTarget choose(
            Synchronous settings,
            MemberName leader,
            List<Member> members,
            @Nullable SyncState published,
            ServerStatus status,
            Set<String> awaited,
            Measure measure,
            @Nullable MemberName rebuilding) {
        SyncState ours = published != null && published.isLeader(leader) ? published : null;
        WhenEmpty whenEmpty = settings.strict() ? WhenEmpty.WAIT : WhenEmpty.COMMIT_ALONE;
        List<Candidate> candidates = new ArrayList<>();
        for (Member member : members) {
            String name = member.name().value();
            Lsn reached = reached(status, name, measure);
            boolean present = ours != null && ours.lists(member.name());
            boolean patient = present && awaited.contains(name.toLowerCase(Locale.ROOT));
            if (reached == null && patient) {
                reached = status.position();
            }
            if (reached != null && isEligible(member, leader, members)) {
                candidates.add(new Candidate(member, reached, present));
            }
        }
        Lsn reference = reference(candidates, status);
        candidates.removeIf(c -> isTooFarBehind(c, reference, settings));
        candidates.sort(BEST_FIRST);
        int count = Math.min(settings.nodeCount(), candidates.size());
        if (count == 0) {
            return settings.strict() && ours != null
                    ? kept(ours, members, rebuilding)
                    : SyncTarget.nobody(whenEmpty);
        }
        List<Candidate> chosen =
                settings.mode() == SynchronousMode.QUORUM
                        ? candidates
                        : candidates.subList(0, count);
        return new SyncTarget(
                count, chosen.stream().map(c -> c.member().name().value()).toList(), whenEmpty);
    }

    /// What the standby has flushed, by the worst of its connections; null when it does not
    /// stream.
    public static @Nullable Lsn flushed(ServerStatus status, String name) {
        return reached(status, name, Measure.FLUSHED);
    }

    private static @Nullable Lsn reached(ServerStatus status, String name, Measure measure) {
        Lsn worst = null;
        for (ReplicationConnection connection : status.replication()) {
            if (!connection.applicationName().equalsIgnoreCase(name)) {
                continue;
            }
            Lsn reached =
                    switch (measure) {
                        case FLUSHED -> connection.flushed();
                        case REPLAYED -> connection.replayed();
                    };
            if (!connection.state().equals("streaming") || reached == null) {
                return null;
            }
            worst = worst == null || reached.isBefore(worst) ? reached : worst;
        }
        return worst;
    }

    private static boolean isEligible(Member member, MemberName leader, List<Member> members) {
        if (member.name().equals(leader)
                || member.state() != MemberState.RUNNING
                || member.tags().neverSynchronous()
                || !StandbyNames.isUsable(member.name().value())) {
            return false;
        }
        // PostgreSQL does not tell two names apart that differ in case only.
        for (Member other : members) {
            if (!other.name().equals(member.name())
                    && other.name().value().equalsIgnoreCase(member.name().value())) {
                return false;
            }
        }
        return true;
    }

    /// As in Patroni the best standby sets the measure, and the primary only for a single one.
    private static Lsn reference(List<Candidate> candidates, ServerStatus status) {
        if (candidates.size() == 1) {
            return status.position();
        }
        Lsn best = Lsn.ZERO;
        for (Candidate candidate : candidates) {
            best = Lsn.max(best, candidate.reached());
        }
        return best;
    }

    private static boolean isTooFarBehind(
            Candidate candidate, Lsn reference, Synchronous settings) {
        long bound = settings.maximumLagOnSyncnodeBytes();
        if (bound <= 0) {
            return false;
        }
        long limit = candidate.present() ? bound : bound / HYSTERESIS;
        return reference.bytesSince(candidate.reached()) > limit;
    }

    /// In strict mode those who are gone stay: commits wait for them, and if they come back first
    /// one of them may lead. Only who must not count any more is left out: by its tag, or because
    /// its data are gone or about to be replaced by a copy, which need not have what it has
    /// acknowledged.
    private static SyncTarget kept(
            SyncState ours, List<Member> members, @Nullable MemberName rebuilding) {
        List<String> standbys = new ArrayList<>();
        for (String name : ours.standbys()) {
            boolean banned =
                    members.stream()
                            .anyMatch(
                                    m ->
                                            m.name().value().equalsIgnoreCase(name)
                                                    && (m.tags().neverSynchronous()
                                                            || m.role() == MemberRole.UNINITIALIZED
                                                            || m.name().equals(rebuilding)));
            if (!banned) {
                standbys.add(name);
            }
        }
        if (standbys.isEmpty()) {
            return SyncTarget.nobody(WhenEmpty.WAIT);
        }
        int count = Math.clamp(ours.standbys().size() - ours.quorum(), 1, standbys.size());
        return new SyncTarget(count, standbys, WhenEmpty.WAIT);
    }
}
