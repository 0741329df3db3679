package io.tamada.core.quorum;

import io.tamada.core.cluster.SyncState;
import io.tamada.core.postgres.StandbyNames;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/// Whether any set that can acknowledge a commit meets any set that can elect.
///
/// Intuition: a commit is known to the primary and to a set T of standbys, `count` of those that
/// PostgreSQL is told to wait for. A leader is elected by a set E of published standbys, itself and
/// `quorum` others that are not ahead of it. If T and E always share a member, and whoever leads
/// is the most advanced of E, the new leader has the commit. The primary itself may always lead:
/// it has all of its own commits.
public final class Overlap {

    private Overlap() {}

    /// For commits that are acknowledged while these names are in force.
    public static boolean holds(StandbyNames names, SyncState published) {
        Set<String> voters = lowerCase(published.standbys());
        int electing = published.quorum() + 1;
        if (electing > voters.size()) {
            return true;
        }
        if (names.includeAnybody() || names.waitForNobody()) {
            return false;
        }
        Set<String> waited = lowerCase(names.real());
        if (names.count() > waited.size()) {
            // Nothing is acknowledged at all.
            return true;
        }
        int common = common(waited, voters);
        int acknowledgedInside = Math.max(0, names.count() - (waited.size() - common));
        int electingInside = Math.max(0, electing - (voters.size() - common));
        return acknowledgedInside + electingInside > common;
    }

    /// Whether every set that can elect by `after` contains one that could by `before`: then what
    /// was acknowledged until now is as safe as it was.
    public static boolean onlyRestricts(SyncState before, SyncState after) {
        Set<String> voters = lowerCase(after.standbys());
        int electing = after.quorum() + 1;
        if (electing > voters.size()) {
            return true;
        }
        Set<String> former = lowerCase(before.standbys());
        int newcomers = voters.size() - common(voters, former);
        return electing - newcomers >= before.quorum() + 1;
    }

    /// Whether every set that can elect has a member with everything that was written until the
    /// names came into force.
    ///
    /// @param caughtUp names in lower case.
    public static boolean hasCaughtUp(SyncState published, Set<String> caughtUp) {
        Set<String> voters = lowerCase(published.standbys());
        return published.quorum() + common(voters, caughtUp) >= voters.size();
    }

    static Set<String> lowerCase(List<String> names) {
        Set<String> lower = new TreeSet<>();
        for (String name : names) {
            lower.add(name.toLowerCase(Locale.ROOT));
        }
        return lower;
    }

    private static int common(Set<String> a, Set<String> b) {
        int common = 0;
        for (String name : a) {
            common += b.contains(name) ? 1 : 0;
        }
        return common;
    }
}
