package io.tamada.core.slot;

import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.SlotSettings;
import io.tamada.core.member.MemberName;
import io.tamada.core.postgres.LeaderSlots;
import io.tamada.core.postgres.LeaderSlots.OnLeader;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.ServerStatus.SlotState;
import io.tamada.core.time.Monotonic;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Which copies of logical slots are known to be safe.
///
/// A logical slot reads old rows of the catalog. On a standby they are there for as long as the
/// leader does not vacuum them, which the standby's own physical slot on the leader prevents, by
/// hot_standby_feedback; but only from when that has arrived there. A copy is in doubt until the
/// physical slot keeps at least what the copy needs, and nothing that the leader's slot itself had
/// let go in the meantime is needed any more.
///
/// What was never compared with a leader is not in doubt: a primary that has been started as a
/// standby has all the rows that its own slots need.
///
/// @param leader whom the server streamed from when this was last noted, at one remove or more.
/// @param run the start of the server that was seen last.
/// @param present the permanent logical slots that were here.
/// @param since when each of them was last made, or the server started with it.
/// @param inDoubt by name, what the leader's slot kept (`catalog_xmin`) when the physical slot
///     first kept anything; null while it does not.
public record CopyMemory(
        @Nullable MemberName leader,
        String run,
        SortedSet<String> present,
        SortedMap<String, Monotonic> since,
        SortedMap<String, Awaited> inDoubt) {

    public static final CopyMemory NONE =
            new CopyMemory(null, "", new TreeSet<>(), new TreeMap<>(), new TreeMap<>());

    public CopyMemory {
        present = Collections.unmodifiableSortedSet(new TreeSet<>(present));
        since = Collections.unmodifiableSortedMap(new TreeMap<>(since));
        inDoubt = Collections.unmodifiableSortedMap(new TreeMap<>(inDoubt));
    }

    /// What the physical slot has to reach before the copy is safe.
    public record Awaited(@Nullable Long leaderXmin) {}

    /// @param slotOnLeader the physical slot there that keeps what this server needs, or null.
    CopyMemory next(
            ClusterView view,
            ServerStatus status,
            SlotSettings settings,
            LeaderSlots said,
            @Nullable String slotOnLeader,
            Monotonic now) {
        SortedSet<String> here = here(status, settings);
        if (!status.inRecovery()) {
            return new CopyMemory(leader, run, here, since, leftOver(status));
        }
        boolean sameRun = run.equals(status.postmasterStart());
        SortedMap<String, Monotonic> made = new TreeMap<>(since);
        for (String name : here) {
            if (!sameRun || !present.contains(name)) {
                made.put(name, now);
            }
        }
        MemberName leads = view.leader() == null ? null : view.leader().name();
        if (!status.streaming() || leads == null) {
            SortedMap<String, Awaited> kept = new TreeMap<>(inDoubt);
            kept.keySet().retainAll(here);
            return new CopyMemory(
                    sameRun ? leader : null, status.postmasterStart(), here, made, kept);
        }
        SortedMap<String, Awaited> doubts = new TreeMap<>();
        for (String name : here) {
            Awaited known = inDoubt.get(name);
            if (!leads.equals(leader) || !sameRun || !present.contains(name)) {
                doubts.put(name, new Awaited(null));
            } else if (known != null) {
                doubts.put(name, known);
            }
        }
        return new CopyMemory(
                leads,
                status.postmasterStart(),
                here,
                made,
                compared(doubts, view, status, said, slotOnLeader));
    }

    private static SortedSet<String> here(ServerStatus status, SlotSettings settings) {
        SortedSet<String> here = new TreeSet<>();
        for (SlotState slot : status.slots()) {
            SlotSettings.Permanent permanent = settings.permanent().get(slot.name());
            if (!slot.physical() && permanent != null && permanent.logical() != null) {
                here.add(slot.name());
            }
        }
        return here;
    }

    /// After a promotion: whoever uses one has found it good, and must not lose it later.
    private SortedMap<String, Awaited> leftOver(ServerStatus status) {
        SortedMap<String, Awaited> left = new TreeMap<>();
        inDoubt.forEach(
                (name, awaited) -> {
                    SlotState slot = status.slot(name);
                    if (slot != null && !slot.active()) {
                        left.put(name, awaited);
                    }
                });
        return left;
    }

    private static SortedMap<String, Awaited> compared(
            SortedMap<String, Awaited> doubts,
            ClusterView view,
            ServerStatus status,
            LeaderSlots said,
            @Nullable String slotOnLeader) {
        OnLeader ours = slotOnLeader == null ? null : said.slots().get(slotOnLeader);
        Long kept = ours == null ? null : ours.catalogXmin();
        if (kept == null
                || said.leader() == null
                || !said.leader().equals(SlotCopying.address(view))) {
            return doubts;
        }
        SortedMap<String, Awaited> left = new TreeMap<>();
        doubts.forEach(
                (name, awaited) -> {
                    OnLeader leaders = said.slots().get(name);
                    Long needed =
                            awaited.leaderXmin() != null
                                    ? awaited.leaderXmin()
                                    : leaders == null ? null : leaders.catalogXmin();
                    SlotState copy = status.slot(name);
                    Long own = copy == null ? null : copy.catalogXmin();
                    boolean safe =
                            needed != null
                                    && own != null
                                    && isNotAfter(needed, kept)
                                    && isNotAfter(kept, own);
                    if (!safe) {
                        left.put(name, new Awaited(needed));
                    }
                });
        return left;
    }

    /// Transaction numbers have 32 bits and go round.
    private static boolean isNotAfter(long a, long b) {
        return (int) (a - b) <= 0;
    }
}
