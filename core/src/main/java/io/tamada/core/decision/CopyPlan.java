package io.tamada.core.decision;

import io.tamada.core.cluster.ClusterView;
import io.tamada.core.follow.SourceChoice;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberTags;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.Upstream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// From whom a base backup is taken, and who may replace data by one: one member at a time, and
/// only while the leader is a running primary at the end of the cluster's history. Its copy is the
/// good one then; the member's own is kept aside until the new one streams.
final class CopyPlan {

    private CopyPlan() {}

    /// A standby with the tag `clonefrom` spares the leader; after a failure it is the leader's
    /// turn again.
    static Member source(Observation seen, ClusterView view, Member leader) {
        boolean leadersTurn =
                seen.postgres().operation() instanceof Operation.Failed failed
                        && failed.kind() == Operation.Kind.CLONE
                        && failed.attempt() % 2 == 1;
        return leadersTurn ? leader : SourceChoice.ofBaseBackup(seen.self().name(), view, leader);
    }

    /// Whom the copy will stream from, so that its slot is reserved there; null for nobody.
    static @Nullable Upstream slotOn(Observation seen, ClusterView view, Member leader) {
        MemberTags tags = seen.self().tags();
        return tags.noStream()
                ? null
                : Upstream.ofConnUrl(
                        SourceChoice.ofReplication(
                                        seen.self().name(), tags.replicateFrom(), view, leader)
                                .connUrl());
    }

    /// Replaces the data of this member, whose server is down, when it is its turn.
    static Decision replace(
            Observation seen, ClusterView view, Member leader, RuleId rule, String because) {
        return replace(seen, view, leader, source(seen, view, leader), rule, because);
    }

    static Decision replace(
            Observation seen,
            ClusterView view,
            Member leader,
            Member source,
            RuleId rule,
            String because) {
        if (seen.postgres().operation() instanceof Operation.Failed failed
                && failed.kind() == Operation.Kind.CLONE
                && !Plans.backOffLeft(seen, failed).isZero()) {
            // Meanwhile it is another member's turn.
            return new Decision(
                    rule,
                    "the last attempt failed: " + failed.reason(),
                    Plans.alive(seen),
                    Plans.shorter(Plans.backOffLeft(seen, failed), Plans.loopWait(seen)));
        }
        Decision wait = waiting(seen, view);
        if (wait != null) {
            return wait;
        }
        Upstream at = Upstream.ofConnUrl(source.connUrl());
        if (at == null) {
            return StandbyRules.steady(
                    seen, RuleId.LEADER_NOT_READY, source.name() + " has no usable conn_url");
        }
        return inTurn(
                seen,
                rule,
                "from " + source.name() + (because.isEmpty() ? "" : ": " + because),
                new PostgresCommand.WipeAndClone(source.name(), at, slotOn(seen, view, leader)));
    }

    /// Takes the turn, then does the step. The session is kept first: a turn that is refused ends
    /// the plan.
    static Decision inTurn(Observation seen, RuleId rule, String because, PostgresCommand command) {
        List<Action> plan = new ArrayList<>(Plans.alive(seen));
        plan.add(new Action.ClaimRebuild());
        plan.add(Plans.instance(command));
        return new Decision(rule, because, plan, Plans.loopWait(seen));
    }

    /// Waits while another member replaces its data, while the leader is not at the end of the
    /// history that it has published, or while this member is listed as a synchronous standby; null
    /// when nothing is in the way.
    static @Nullable Decision waiting(Observation seen, ClusterView view) {
        MemberName other = view.rebuilding();
        if (other != null && !other.equals(seen.self().name())) {
            return StandbyRules.steady(
                    seen, RuleId.RECLONE_WAITS, other + " replaces its data at the moment");
        }
        if (seen.outage().doubt().isLeaderStale(view)) {
            return StandbyRules.steady(seen, RuleId.RECLONE_WAITS, Outage.Doubt.LEADER_IS_STALE);
        }
        Member leader = view.leaderMember();
        boolean leaderIsWhole =
                leader != null
                        && leader.timeline() != null
                        && !leader.timeline().isBefore(view.history().current());
        if (!leaderIsWhole) {
            return StandbyRules.steady(
                    seen, RuleId.RECLONE_WAITS, "the leader's copy is not known to be whole");
        }
        String counts = whyCounts(seen, view);
        if (counts == null) {
            return null;
        }
        // The turn tells the leader who is to be left out.
        List<Action> plan = new ArrayList<>(Plans.alive(seen));
        plan.add(new Action.ClaimRebuild());
        return new Decision(
                RuleId.RECLONE_WAITS,
                counts,
                plan,
                Plans.shorter(Plans.loopWait(seen), StandbyRules.UNSETTLED));
    }

    /// Why a copy may not take the place of what this member has, or had: whoever is listed may be
    /// elected for what it has acknowledged, and a copy may be older than that, as one from a
    /// backup or from another standby is. Null when it is not listed. Only streaming brings a
    /// member back on the list, and only when it has everything.
    static @Nullable String whyCounts(Observation seen, ClusterView view) {
        boolean counts =
                !seen.config().standbyCluster()
                        && view.sync() != null
                        && view.sync().lists(seen.self().name());
        return counts
                ? "it is listed as a synchronous standby (etcd key 'sync'); the leader takes it off first"
                : null;
    }
}
