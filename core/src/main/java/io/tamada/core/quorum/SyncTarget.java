package io.tamada.core.quorum;

import io.tamada.core.cluster.SyncState;
import io.tamada.core.member.MemberName;
import io.tamada.core.postgres.StandbyNames;
import java.util.List;

/// What synchronous replication is to come to: a commit waits for `count` of the `standbys`.
///
/// @param standbys as the members spell their names, sorted.
/// @param whenEmpty what commits do when there is no standby to wait for.
public record SyncTarget(int count, List<String> standbys, WhenEmpty whenEmpty) {

    /// With nobody to wait for.
    public enum WhenEmpty {
        COMMIT_ALONE,
        WAIT
    }

    public SyncTarget {
        standbys = standbys.stream().sorted().toList();
        if (count < 0 || count > standbys.size() || (count == 0 && !standbys.isEmpty())) {
            throw new IllegalArgumentException(count + " of " + standbys);
        }
    }

    static SyncTarget nobody(WhenEmpty whenEmpty) {
        return new SyncTarget(0, List.of(), whenEmpty);
    }

    /// Patroni's `*` where commits are to wait and no standby is fit to be named: the key names the
    /// leader alone then.
    public StandbyNames names() {
        if (count > 0) {
            return new StandbyNames(count, standbys);
        }
        return whenEmpty == WhenEmpty.WAIT ? StandbyNames.ANYONE : StandbyNames.NONE;
    }

    /// Whether commits wait, and for nobody that could be named.
    public boolean waitsForAnyone() {
        return count == 0 && whenEmpty == WhenEmpty.WAIT;
    }

    /// Each set of `count` acknowledging ones meets each set of `size - count + 1` electing ones.
    public SyncState state(MemberName leader) {
        return new SyncState(leader.value(), standbys, standbys.size() - count);
    }
}
