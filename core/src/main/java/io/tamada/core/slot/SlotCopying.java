package io.tamada.core.slot;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.SlotSettings;
import io.tamada.core.cluster.SlotSettings.ClusterKind;
import io.tamada.core.cluster.SlotSettings.Logical;
import io.tamada.core.cluster.SlotSettings.Permanent;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberTags;
import io.tamada.core.postgres.LeaderSlots;
import io.tamada.core.postgres.LeaderSlots.OnLeader;
import io.tamada.core.postgres.ServerStatus.SlotState;
import io.tamada.core.postgres.Upstream;
import io.tamada.core.time.Monotonic;
import java.time.Duration;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Who has copies of the leader's permanent logical slots, and when they are made: as Patroni does
/// it on PostgreSQL 11 and later. Who never leads has none, nor has a member without a physical
/// slot between itself and the leader, since nothing there would keep the catalog's old rows.
public final class SlotCopying {

    /// A copy restarts the server; one that does not last is not made over and over.
    static final Duration PAUSE = Duration.ofMinutes(1);

    private SlotCopying() {}

    /// Where the leader's server is reached; null when that is not known.
    public static @Nullable Upstream address(ClusterView view) {
        Member leader = view.leaderMember();
        return leader == null ? null : Upstream.ofConnUrl(leader.connUrl());
    }

    /// The physical slot on the leader that keeps what this member needs: its own, or that of the
    /// member through which it is fed. Null when the archive is in between.
    public static @Nullable String slotOnLeader(
            MemberName self, MemberTags tags, ClusterView view) {
        SortedSet<MemberName> passed = new TreeSet<>();
        MemberName name = self;
        MemberTags its = tags;
        while (passed.add(name)) {
            if (its.noStream()) {
                return null;
            }
            Member source =
                    its.replicateFrom() == null || its.replicateFrom().equals(name)
                            ? null
                            : view.member(its.replicateFrom());
            if (source == null
                    || (view.leader() != null && view.leader().name().equals(source.name()))) {
                return SlotName.of(name);
            }
            name = source.name();
            its = source.tags();
        }
        return null;
    }

    /// Whether a member has copies while it is a standby.
    static boolean hasCopies(
            MemberName self, MemberTags tags, ClusterView view, ClusterConfig config) {
        return config.postgres().useSlots()
                && !config.standbyCluster()
                && !tags.neverLeads()
                && hasLogical(config.slots())
                && slotOnLeader(self, tags, view) != null;
    }

    /// Whether hot_standby_feedback has to be on, whatever the settings say: the member has copies,
    /// or somebody has who is fed by it.
    public static boolean needsFeedback(
            MemberName self, MemberTags tags, ClusterView view, ClusterConfig config) {
        return needsFeedback(self, tags, view, config, new TreeSet<>());
    }

    /// The same while nobody can tell who the others are: once it was off, the catalog's old rows
    /// that a copy needs are gone; that it is on for a while costs little.
    public static boolean mayNeedFeedback(MemberTags tags, ClusterConfig config) {
        return config.postgres().useSlots() && !tags.noStream() && hasLogical(config.slots());
    }

    private static boolean needsFeedback(
            MemberName self,
            MemberTags tags,
            ClusterView view,
            ClusterConfig config,
            SortedSet<MemberName> passed) {
        if (!passed.add(self) || !config.postgres().useSlots()) {
            return false;
        }
        if (hasCopies(self, tags, view, config)) {
            return true;
        }
        if (slotOnLeader(self, tags, view) == null) {
            return false;
        }
        for (Member member : view.members()) {
            if (self.equals(member.tags().replicateFrom())
                    && needsFeedback(member.name(), member.tags(), view, config, passed)) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasLogical(SlotSettings settings) {
        return settings.permanent().values().stream().anyMatch(SlotCopying::isWanted);
    }

    private static boolean isWanted(Permanent slot) {
        return slot.logical() != null && slot.kind() != ClusterKind.STANDBY;
    }

    /// The slots that a server that is about to start as a standby should have; those of which the
    /// leader has said where they are.
    public static SortedMap<String, Logical> atStart(
            MemberName self, MemberTags tags, ClusterView view, ClusterConfig config) {
        SortedMap<String, Logical> wanted = new TreeMap<>();
        boolean decodes =
                "logical".equalsIgnoreCase(config.postgres().parameters().get("wal_level"));
        if (decodes && hasCopies(self, tags, view, config)) {
            config.slots()
                    .permanent()
                    .forEach(
                            (name, slot) -> {
                                Logical logical = slot.logical();
                                if (logical != null
                                        && isWanted(slot)
                                        && view.status().slots().containsKey(name)) {
                                    wanted.put(name, logical);
                                }
                            });
        }
        return wanted;
    }

    /// Whether there is something to ask the leader about its slots.
    public static boolean hasQuestions(SlotFacts facts) {
        return facts.status().streaming()
                && (!facts.memory().copies().inDoubt().isEmpty()
                        || !missing(facts, LeaderSlots.NONE.slots()).isEmpty());
    }

    /// The slots that are to be copied now, by a restart of this standby.
    public static SortedMap<String, Logical> due(SlotFacts facts) {
        LeaderSlots said = facts.leaderSlots();
        boolean known =
                said.leader() != null
                        && said.readable()
                        && said.leader().equals(address(facts.view()));
        return known && facts.status().streaming() ? missing(facts, said.slots()) : new TreeMap<>();
    }

    /// @param leaders what the leader has; where that is not asked for, empty.
    private static SortedMap<String, Logical> missing(
            SlotFacts facts, SortedMap<String, OnLeader> leaders) {
        SortedMap<String, Logical> missing = new TreeMap<>();
        if (facts.leads() || !facts.status().decodes()) {
            return missing;
        }
        SortedMap<String, WantedSlots.Wanted> wanted = WantedSlots.of(facts);
        wanted.forEach(
                (name, wish) -> {
                    Logical logical = wish.logical();
                    Monotonic since = facts.memory().copies().since().get(name);
                    if (logical != null
                            && wish.position() != null
                            && isMissing(name, facts)
                            && !facts.leaderSlots().spoiled().contains(name)
                            && (since == null || facts.now().isAtOrAfter(since.plus(PAUSE)))
                            && (leaders.isEmpty() || fits(leaders.get(name), logical))) {
                        missing.put(name, logical);
                    }
                });
        return missing;
    }

    private static boolean isMissing(String name, SlotFacts facts) {
        SlotState here = facts.status().slot(name);
        return here == null
                || (facts.leaderSlots().broken().contains(name)
                        && !here.active()
                        && !here.physical()
                        && !here.keptByServer());
    }

    private static boolean fits(@Nullable OnLeader leaders, Logical logical) {
        return leaders != null
                && !leaders.keptByServer()
                && logical.database().equals(leaders.database())
                && logical.plugin().equals(leaders.plugin());
    }
}
