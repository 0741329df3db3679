package io.tamada.agent.cli;

import io.tamada.core.member.Member;
import io.tamada.core.member.PendingRestart;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/// In which order the servers of a cluster are restarted, one after the other.
///
/// A standby cannot go on when its primary allows more than it does itself (PostgreSQL manual,
/// "Hot Standby", administrator's overview): what is raised has to be raised on the standbys first,
/// and what is lowered on the primary. Otherwise the standbys come first, so that who may have to
/// take over has been through it.
final class RestartOrder {

    private static final Set<String> NOT_BELOW_THE_PRIMARY =
            Set.of(
                    "max_connections",
                    "max_worker_processes",
                    "max_wal_senders",
                    "max_prepared_transactions",
                    "max_locks_per_transaction");

    private RestartOrder() {}

    static List<Member> of(List<Member> members) {
        boolean raises = false;
        boolean lowers = false;
        for (Member member : members) {
            for (var entry : member.restart().changes().entrySet()) {
                if (NOT_BELOW_THE_PRIMARY.contains(entry.getKey())) {
                    int direction = direction(entry.getValue());
                    raises |= direction > 0;
                    lowers |= direction < 0;
                }
            }
        }
        boolean leaderFirst = lowers && !raises;
        List<Member> ordered = new ArrayList<>(members);
        ordered.sort(
                Comparator.comparing((Member m) -> m.role().isLeading() != leaderFirst)
                        .thenComparing(Member::name));
        return ordered;
    }

    private static int direction(PendingRestart.Change change) {
        try {
            return Long.compare(
                    Long.parseLong(change.newValue()), Long.parseLong(change.oldValue()));
        } catch (NumberFormatException unknown) {
            return 0;
        }
    }
}
