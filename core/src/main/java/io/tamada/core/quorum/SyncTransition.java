package io.tamada.core.quorum;

import io.tamada.core.cluster.SyncState;
import io.tamada.core.member.MemberName;
import io.tamada.core.postgres.StandbyNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The way from one synchronous replication to another, one safe step at a time.
///
/// Invariant: {@link Overlap} holds between the names in force and what is published, after every
/// step, for whatever was acknowledged before as well. So who is waited for grows before who may
/// be elected does, and shrinks after it. Each step is found from the facts alone: an agent that
/// was interrupted anywhere goes on from what it finds.
public final class SyncTransition {

    private SyncTransition() {}

    /// @param published the `sync` key; null when there is none.
    /// @param doubt whether an earlier write of the key may still arrive.
    /// @param inForce what the server says it waits for.
    /// @param reach how far that has come into force.
    /// @param caughtUp names, in lower case, of the standbys that have flushed all that was
    ///     written when `inForce` came into force.
    public record Facts(
            MemberName leader,
            @Nullable SyncState published,
            Doubt doubt,
            StandbyNames inForce,
            Reach reach,
            Set<String> caughtUp) {

        public Facts {
            caughtUp = new TreeSet<>(caughtUp);
        }
    }

    public enum Doubt {
        NONE,
        EARLIER_WRITE_MAY_ARRIVE
    }

    public enum Reach {
        /// Some process of the server may still act by other names.
        SOME_PROCESSES,
        EVERYWHERE
    }

    public static SyncStep next(Facts facts, SyncTarget target) {
        SyncState published = facts.published();
        if (published == null
                || !published.isLeader(facts.leader())
                || !Overlap.holds(facts.inForce(), published)) {
            // Whatever it was, it promises what nobody keeps. That we lead is true at any time.
            return new SyncStep.Publish(SyncState.leaderOnly(facts.leader()));
        }
        if (facts.doubt() == Doubt.EARLIER_WRITE_MAY_ARRIVE) {
            // Written again, the key has another revision, and the straggler is refused.
            return new SyncStep.Publish(published);
        }
        SyncState wanted = target.state(facts.leader());
        if (isSame(published, wanted)) {
            return facts.inForce().equals(target.names())
                    ? new SyncStep.Settled()
                    : new SyncStep.SetNames(target.names());
        }
        if (mayPublish(facts, published, wanted)) {
            return new SyncStep.Publish(wanted);
        }
        StandbyNames names =
                Overlap.holds(target.names(), published) ? target.names() : both(published, target);
        return facts.inForce().equals(names)
                ? new SyncStep.Await(wanted)
                : new SyncStep.SetNames(names);
    }

    private static boolean mayPublish(Facts facts, SyncState published, SyncState wanted) {
        if (!Overlap.holds(facts.inForce(), wanted)) {
            return false;
        }
        return Overlap.onlyRestricts(published, wanted)
                || (facts.reach() == Reach.EVERYWHERE
                        && Overlap.hasCaughtUp(wanted, facts.caughtUp()));
    }

    /// Names under which both what is published and what is wanted hold.
    private static StandbyNames both(SyncState published, SyncTarget target) {
        List<String> all = new ArrayList<>(published.standbys());
        all.addAll(target.standbys());
        int distinct = Overlap.lowerCase(all).size();
        int wantedQuorum = target.standbys().size() - target.count();
        return new StandbyNames(distinct - Math.min(published.quorum(), wantedQuorum), all);
    }

    private static boolean isSame(SyncState a, SyncState b) {
        return a.quorum() == b.quorum()
                && Overlap.lowerCase(a.standbys()).equals(Overlap.lowerCase(b.standbys()));
    }
}
