package io.tamada.core.decision;

import io.tamada.core.cluster.ClusterStatus;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.SlotSettings.Logical;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.Storage;
import io.tamada.core.postgres.Upstream;
import io.tamada.core.slot.SlotCopying;
import io.tamada.core.slot.SlotFacts;
import io.tamada.core.slot.SlotPlan;
import io.tamada.core.wal.Lsn;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Looks after slots in the usual turns of a primary and of a standby. A slot that is dropped gives
/// the turn its name, so that it is told.
final class SlotRules {

    private SlotRules() {}

    /// The usual turn, and what the slots want.
    static Decision besides(
            Observation seen, ClusterView view, ServerStatus status, Decision usual) {
        SlotFacts facts = facts(seen, view, status);
        Upstream leader = SlotCopying.address(view);
        boolean follows = usual.rule() == RuleId.FOLLOWING && leader != null;
        SortedMap<String, Logical> copies = follows ? SlotCopying.due(facts) : new TreeMap<>();
        if (leader != null
                && !copies.isEmpty()
                && seen.postgres().storage().whyNoPrimary() == null) {
            List<Action> plan = new ArrayList<>(usual.plan());
            plan.add(
                    Plans.instance(
                            new PostgresCommand.CopySlots(leader, status.upstream(), copies)));
            return new Decision(
                    RuleId.SLOT_COPIED, String.join(", ", copies.keySet()), plan, Plans.SOON);
        }
        Decision decision = with(SlotPlan.of(facts), usual);
        if (!follows || leader == null || !SlotCopying.hasQuestions(facts)) {
            return decision;
        }
        List<Action> plan = new ArrayList<>(decision.plan());
        plan.add(Plans.instance(new PostgresCommand.AskSlots(leader)));
        return new Decision(decision.rule(), decision.because(), plan, decision.nextTick());
    }

    /// Before a promotion: copies that may lack rows of the catalog must not be there when clients
    /// can use them.
    static List<Action> dropsBeforePromotion(Observation seen, ServerStatus status) {
        List<Action> drops = new ArrayList<>();
        for (String name : seen.memory().slots().copies().inDoubt().keySet()) {
            if (status.slot(name) != null) {
                drops.add(Plans.instance(new PostgresCommand.DropSlot(name)));
            }
        }
        return drops;
    }

    /// Starts a standby, with copies of the leader's logical slots where it should have them. A
    /// start that has failed is tried without.
    static Action start(Observation seen, LeaderSource leader, @Nullable Upstream upstream) {
        Upstream from = leader.upstream();
        SortedMap<String, Logical> slots =
                from == null || seen.postgres().operation() instanceof Operation.Failed
                        ? new TreeMap<>()
                        : SlotCopying.atStart(
                                seen.self().name(),
                                seen.self().tags(),
                                leader.view(),
                                seen.config());
        return Plans.instance(
                from == null || slots.isEmpty()
                        ? new PostgresCommand.StartAsStandby(upstream)
                        : new PostgresCommand.CopySlots(from, upstream, slots));
    }

    /// The slots that are missing, made or moved along; none is dropped.
    static List<Action> creations(Observation seen, ClusterView view, ServerStatus status) {
        List<Action> plan = new ArrayList<>();
        for (PostgresCommand command : SlotPlan.of(facts(seen, view, status)).commands()) {
            if (!(command instanceof PostgresCommand.DropSlot)) {
                plan.add(Plans.instance(command));
            }
        }
        return plan;
    }

    /// What the leader has to say of its position and its slots.
    static ClusterStatus status(
            Observation seen, ClusterView view, ServerStatus status, Lsn written) {
        return SlotPlan.status(facts(seen, view, status), written);
    }

    private static Decision with(SlotPlan slots, Decision usual) {
        List<Action> plan = new ArrayList<>(usual.plan());
        slots.commands().forEach(command -> plan.add(Plans.instance(command)));
        List<String> texts = new ArrayList<>();
        SlotPlan.Reason first = null;
        for (SlotPlan.Notice notice : slots.notices()) {
            first = first == null ? notice.reason() : first;
            if (notice.reason() == first) {
                texts.add(notice.text());
            }
        }
        boolean tellsMore =
                usual.rule() != RuleId.LEADER_STEADY && usual.rule() != RuleId.FOLLOWING;
        return first == null || tellsMore
                ? new Decision(usual.rule(), usual.because(), plan, usual.nextTick())
                : new Decision(rule(first), String.join("; ", texts), plan, usual.nextTick());
    }

    private static RuleId rule(SlotPlan.Reason reason) {
        return switch (reason) {
            case UNKNOWN -> RuleId.SLOT_UNKNOWN;
            case EXPIRED -> RuleId.SLOT_EXPIRED;
            case OVER_BUDGET -> RuleId.SLOT_OVER_BUDGET;
            case LOST -> RuleId.SLOT_LOST;
            case UNFIT -> RuleId.SLOT_UNFIT;
            case LEFT_BEHIND -> RuleId.SLOT_LEFT_BEHIND;
            case UNSAFE -> RuleId.SLOT_UNSAFE;
        };
    }

    private static SlotFacts facts(Observation seen, ClusterView view, ServerStatus status) {
        return new SlotFacts(
                seen.self().name(),
                seen.self().tags(),
                !status.inRecovery(),
                view,
                seen.config(),
                status,
                seen.postgres().leaderSlots(),
                seen.memory().slots(),
                seen.now(),
                seen.timing().ttl(),
                walRoom(seen.postgres().storage()));
    }

    private static @Nullable Long walRoom(Storage storage) {
        Storage.Space space = storage.wal() == null ? storage.data() : storage.wal();
        return space == null ? null : space.freeBytes();
    }
}
