package io.tamada.core.slot;

import io.tamada.core.cluster.ClusterStatus;
import io.tamada.core.cluster.SlotSettings;
import io.tamada.core.cluster.SlotSettings.Logical;
import io.tamada.core.cluster.SlotSettings.Matcher;
import io.tamada.core.cluster.SlotSettings.Permanent;
import io.tamada.core.member.Member;
import io.tamada.core.postgres.LeaderSlots;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.ServerStatus.SlotState;
import io.tamada.core.slot.WantedSlots.Kind;
import io.tamada.core.slot.WantedSlots.Wanted;
import io.tamada.core.time.Monotonic;
import io.tamada.core.wal.Lsn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What has to be done about the local server's slots: which are made, moved along and dropped.
///
/// Never dropped: a slot in use, one that PostgreSQL itself keeps in step (17 and later), one that
/// `ignore_slots` names; a temporary one is not even seen.
///
/// @param commands drops first: a server that has no slot left can then make those that are wanted.
/// @param notices why slots are dropped, or not made.
public record SlotPlan(List<PostgresCommand> commands, List<Notice> notices) {

    /// An idle slot that holds back less than one usual WAL segment is nobody's trouble.
    private static final long WAL_SEGMENT_BYTES = 16L << 20;

    public SlotPlan {
        commands = List.copyOf(commands);
        notices = List.copyOf(notices);
    }

    public enum Reason {
        /// No member and no setting claims it.
        UNKNOWN,
        /// Its member has been absent for `member_slots_ttl`.
        EXPIRED,
        /// It holds back more WAL than the settings allow.
        OVER_BUDGET,
        /// Its WAL is gone; it is of no use until it is made anew.
        LOST,
        /// Of another kind than it should be, or it holds back vacuum for nobody; made anew.
        UNFIT,
        /// A permanent logical slot that the last leader had and this one has not.
        LEFT_BEHIND,
        /// A copy of a logical slot that was promoted before it was known to be safe.
        UNSAFE
    }

    public record Notice(Reason reason, String text) {}

    public static SlotPlan of(SlotFacts facts) {
        SortedMap<String, Wanted> wanted = WantedSlots.of(facts);
        List<PostgresCommand> drops = new ArrayList<>();
        List<PostgresCommand> creations = new ArrayList<>();
        SortedMap<String, Lsn> advances = new TreeMap<>();
        List<Notice> notices = new ArrayList<>();
        for (SlotState slot : facts.status().slots()) {
            Wanted wish = wanted.get(slot.name());
            if (isLeftAlone(slot, facts.config().slots())) {
                continue;
            }
            Notice drop = whyDropped(slot, wish, facts);
            if (drop != null) {
                notices.add(drop);
                drops.add(new PostgresCommand.DropSlot(slot.name()));
            } else if (wish != null
                    && wish.kind() == Kind.IN_RESERVE
                    && isBehind(slot, wish.position(), facts.status(), facts.leaderSlots())) {
                advances.put(slot.name(), wish.position());
            }
        }
        wanted.forEach((name, wish) -> create(name, wish, facts, creations, notices));
        List<PostgresCommand> all = new ArrayList<>(drops);
        all.addAll(creations);
        if (!advances.isEmpty()) {
            all.add(new PostgresCommand.AdvanceSlots(advances));
        }
        return new SlotPlan(all, notices);
    }

    private static boolean isLeftAlone(SlotState slot, SlotSettings settings) {
        if (slot.active() || slot.keptByServer()) {
            return true;
        }
        for (Matcher matcher : settings.ignored()) {
            if (matcher.fits(slot.name(), slot.physical(), slot.database(), slot.plugin())) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable Notice whyDropped(
            SlotState slot, @Nullable Wanted wish, SlotFacts facts) {
        if (wish == null) {
            return whyUnwanted(slot, facts);
        }
        Logical logical = wish.logical();
        boolean sameKind =
                logical == null
                        ? slot.physical()
                        : !slot.physical()
                                && logical.database().equals(slot.database())
                                && logical.plugin().equals(slot.plugin());
        if (!sameKind) {
            return new Notice(Reason.UNFIT, slot.name() + " is of another type than configured");
        }
        if (facts.leads() && facts.memory().copies().inDoubt().containsKey(slot.name())) {
            return new Notice(
                    Reason.UNSAFE,
                    slot.name() + " was copied too short a time before this server was promoted");
        }
        if (slot.lost() && (slot.physical() || !facts.leads())) {
            return new Notice(Reason.LOST, slot.name());
        }
        if (slot.physical() && wish.kind() == Kind.IN_RESERVE && slot.holdsVacuum()) {
            return new Notice(
                    Reason.UNFIT, slot.name() + " holds back vacuum, and nobody uses it here");
        }
        if (slot.physical() && wish.kind() == Kind.IN_RESERVE && slot.restartLsn() == null) {
            return new Notice(Reason.UNFIT, slot.name() + " reserves no WAL");
        }
        return overBudget(slot, facts);
    }

    private static @Nullable Notice whyUnwanted(SlotState slot, SlotFacts facts) {
        if (facts.memory().expired().contains(slot.name())) {
            return new Notice(Reason.EXPIRED, slot.name());
        }
        Monotonic idle = facts.memory().idleSince().get(slot.name());
        Monotonic role = facts.memory().sameRoleSince();
        // Nobody has made a logical slot on a standby from which it was to be read: it is what the
        // server had when it was a primary, and moves no more.
        boolean leftOver =
                !slot.physical()
                        && !facts.leads()
                        && facts.view().config() != null
                        && idle != null
                        && role != null
                        && role.isAtOrAfter(idle);
        if (leftOver) {
            return new Notice(Reason.UNKNOWN, slot.name() + ", of the time before this one");
        }
        boolean strange =
                idle != null
                        && role != null
                        && facts.now().isAtOrAfter(idle.plus(facts.patience()))
                        && facts.now().isAtOrAfter(role.plus(facts.patience()));
        return strange ? new Notice(Reason.UNKNOWN, slot.name()) : overBudget(slot, facts);
    }

    private static @Nullable Notice overBudget(SlotState slot, SlotFacts facts) {
        Lsn restart = slot.restartLsn();
        if (restart == null || streams(slot.name(), facts)) {
            return null;
        }
        SlotSettings.WalBudget budget = facts.config().slots().budget();
        long retained = facts.status().position().bytesSince(restart);
        if (budget.isExceededBy(retained, facts.walRoomBytes())) {
            return new Notice(
                    Reason.OVER_BUDGET,
                    "%s holds back %d MB".formatted(slot.name(), retained >> 20));
        }
        Monotonic idle = facts.memory().idleSince().get(slot.name());
        Duration time = budget.time();
        boolean tooLong =
                !time.isZero()
                        && idle != null
                        && retained > WAL_SEGMENT_BYTES
                        && facts.now().isAtOrAfter(idle.plus(time));
        return tooLong
                ? new Notice(
                        Reason.OVER_BUDGET,
                        "%s has been idle for %d s".formatted(slot.name(), time.toSeconds()))
                : null;
    }

    /// Whether the slot's member streams at this moment, from here or elsewhere.
    private static boolean streams(String slot, SlotFacts facts) {
        for (Member member : facts.view().members()) {
            if (SlotName.of(member.name()).equals(slot) && member.replicationState() != null) {
                return member.replicationState().equals("streaming");
            }
        }
        return false;
    }

    private static boolean isBehind(
            SlotState slot, @Nullable Lsn wanted, ServerStatus status, LeaderSlots leaderSlots) {
        Lsn reached = slot.position();
        return wanted != null
                && reached != null
                && wanted.isAfter(reached)
                && (slot.physical() || canMove(slot, status, leaderSlots));
    }

    /// A logical slot can only follow what the server has replayed.
    private static boolean canMove(SlotState slot, ServerStatus status, LeaderSlots leaderSlots) {
        Lsn replayed = status.replayed();
        Lsn confirmed = slot.confirmedFlush();
        return status.decodes()
                && replayed != null
                && confirmed != null
                && replayed.isAfter(confirmed)
                && !leaderSlots.broken().contains(slot.name());
    }

    /// While the store is away: the slots that nobody uses here and that should be further.
    ///
    /// @param told positions by name.
    public static SortedMap<String, Lsn> advances(
            ServerStatus status, SortedMap<String, Lsn> told, LeaderSlots leaderSlots) {
        SortedMap<String, Lsn> advances = new TreeMap<>();
        for (SlotState slot : status.slots()) {
            Lsn position = told.get(slot.name());
            if (!slot.active()
                    && !slot.keptByServer()
                    && isBehind(slot, position, status, leaderSlots)) {
                advances.put(slot.name(), position);
            }
        }
        return advances;
    }

    private static void create(
            String name,
            Wanted wish,
            SlotFacts facts,
            List<PostgresCommand> creations,
            List<Notice> notices) {
        if (wish.kind() == Kind.RETAINED || facts.status().slot(name) != null) {
            return;
        }
        Logical logical = wish.logical();
        if (logical == null) {
            creations.add(new PostgresCommand.CreateSlot(name));
        } else if (!facts.leads() || (wish.position() == null && !facts.status().decodes())) {
            // A standby gets a copy, and a server whose wal_level is too low has to wait for a
            // restart.
            return;
        } else if (wish.position() == null) {
            creations.add(
                    new PostgresCommand.CreateLogicalSlot(
                            name, logical.database(), logical.plugin()));
        } else {
            // Made anew it would begin at this moment, and its consumer would never know what it
            // has missed.
            notices.add(
                    new Notice(
                            Reason.LEFT_BEHIND,
                            "%s was at %s and is not on this server; make it by hand once its consumer is"
                                            .formatted(name, wish.position())
                                    + " in step again, or take it out of 'slots' and put it in anew"));
        }
    }

    /// What the leader publishes of its slots.
    public static ClusterStatus status(SlotFacts facts, Lsn written) {
        SortedMap<String, Lsn> positions = new TreeMap<>();
        SlotSettings settings = facts.config().slots();
        for (Map.Entry<String, Wanted> entry : WantedSlots.of(facts).entrySet()) {
            Permanent permanent = settings.permanent().get(entry.getKey());
            if (settings.memberTtl().isZero() && permanent == null) {
                continue;
            }
            Lsn position = published(entry.getKey(), entry.getValue(), facts);
            if (position != null) {
                positions.put(entry.getKey(), position);
            }
        }
        if (!settings.memberTtl().isZero() && facts.config().postgres().useSlots()) {
            positions.put(SlotName.of(facts.self()), written);
        }
        return new ClusterStatus(
                written, positions, List.copyOf(facts.memory().claimedAt().keySet()));
    }

    /// A logical slot that was left behind keeps its last position, as a sign that there was one.
    private static @Nullable Lsn published(String name, Wanted wish, SlotFacts facts) {
        SlotState slot = facts.status().slot(name);
        if (slot == null) {
            return wish.logical() == null ? null : wish.position();
        }
        return slot.physical() ? slot.restartLsn() : slot.confirmedFlush();
    }
}
