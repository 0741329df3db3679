package io.tamada.core.decision;

import io.tamada.core.cluster.ClusterRecord;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.cluster.RemoteSource;
import io.tamada.core.cluster.SystemIdentifier;
import io.tamada.core.failover.PeerReport;
import io.tamada.core.lease.LeaderLease;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberRole;
import io.tamada.core.member.MemberState;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.StopMode;
import io.tamada.core.postgres.Upstream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// There is no usable data here: create the cluster if nobody has, else copy the leader.
final class BootstrapRules {

    /// After so many failures in a row it is the configuration that is wrong, not the moment.
    private static final int INITDB_ATTEMPTS = 3;

    /// Stands for the other cluster where the name of a member is expected.
    private static final MemberName REMOTE = new MemberName("standby_cluster");

    private BootstrapRules() {}

    static Decision unusable(Observation seen, String reason) {
        boolean stopHasFailed =
                seen.postgres().operation() instanceof Operation.Failed failed
                        && failed.kind() == Operation.Kind.STOP;
        boolean led = seen.lease() instanceof LeaderLease.Held;
        if (seen.postgres().mayBePrimary() && !led && !stopHasFailed) {
            return stopFirst(seen, RuleId.UNUSABLE_DIRECTORY, reason);
        }
        return giveUp(seen, RuleId.UNUSABLE_DIRECTORY, reason);
    }

    /// A server whose files are gone or unreadable still writes for those who are connected to
    /// it, and nobody would stop it once the agent has ended or has begun to clone.
    private static Decision stopFirst(Observation seen, RuleId rule, String reason) {
        return new Decision(
                rule,
                reason,
                Plans.alive(seen, Plans.instance(new PostgresCommand.Stop(StopMode.IMMEDIATE))),
                Plans.SOON);
    }

    static Decision foreign(Observation seen, SystemIdentifier own, SystemIdentifier cluster) {
        return giveUp(
                seen,
                RuleId.FOREIGN_SYSTEM,
                "its system identifier is %s, the cluster's is %s; nothing was changed. Move the"
                                .formatted(own, cluster)
                        + " directory away, or use another scope");
    }

    /// Ends the agent, so that an operator looks at it; a leader gives the lease away first.
    private static Decision giveUp(Observation seen, RuleId rule, String reason) {
        List<Action> plan = new ArrayList<>();
        if (seen.lease() instanceof LeaderLease.Held && !seen.postgres().mayBePrimary()) {
            plan.add(new Action.ReleaseLease(reason));
        }
        plan.add(new Action.Exit(1, rule.sentence() + ": " + reason));
        return new Decision(rule, reason, plan, Plans.AT_ONCE);
    }

    static Decision withoutData(Observation seen, ClusterView view, DataDirectory directory) {
        boolean leads = seen.lease() instanceof LeaderLease.Held;
        if (!seen.postgres().isDown()) {
            return stopFirst(
                    seen,
                    leads ? RuleId.LEADER_WITHOUT_DATA : RuleId.SERVER_WITHOUT_DATA,
                    "its server still runs");
        }
        if (leads) {
            return new Decision(
                    RuleId.LEADER_WITHOUT_DATA,
                    "",
                    List.of(
                            new Action.ReleaseLease(RuleId.LEADER_WITHOUT_DATA.sentence()),
                            new Action.PublishMember(Plans.self(seen))),
                    Plans.AT_ONCE);
        }
        return switch (view.initialization()) {
            case Initialization.Absent() -> nobodyHasBegun(seen, view, directory);
            case Initialization.InProgress _ ->
                    seen.holdsInitialization()
                            ? initdb(seen, view, directory)
                            : waiting(seen, RuleId.BOOTSTRAP_AWAITED, "");
            case Initialization.Done _ -> copyLeader(seen, view, directory);
        };
    }

    /// The members that do not say that they have no data: of the recorded cluster, or, in a store
    /// that has gone back before there was one, those that have been seen there.
    private static SortedSet<String> silent(Observation seen) {
        ClusterRecord record = seen.outage().record();
        SortedSet<String> silent = new TreeSet<>();
        if (record != null && (record.system() != null || seen.outage().doubt().since() != null)) {
            silent.addAll(record.members().keySet());
        }
        silent.remove(seen.self().name().value());
        for (PeerReport peer : seen.peers()) {
            if (peer instanceof PeerReport.WithoutData) {
                silent.remove(peer.name().value());
            }
        }
        return silent;
    }

    private static Decision nobodyHasBegun(
            Observation seen, ClusterView view, DataDirectory directory) {
        Member withData =
                otherWithData(seen, view, member -> member.state() == MemberState.RUNNING);
        if (view.leader() != null || withData != null) {
            String because =
                    withData == null ? "" : withData.name() + " has data and will say whose";
            return waiting(seen, RuleId.CLONE_AWAITS_LEADER, because);
        }
        SortedSet<String> silent = silent(seen);
        if (!silent.isEmpty()) {
            return waiting(
                    seen,
                    RuleId.CLUSTER_RECORDED,
                    "it is not known whether %s still has data; to begin a new cluster without it, remove DATA_DIR.tamada"
                            .formatted(String.join(", ", silent)));
        }
        if (seen.self().tags().neverLeads()) {
            // As in Patroni: who creates the cluster leads it.
            return waiting(
                    seen,
                    RuleId.BOOTSTRAP_AWAITED,
                    "it is tagged nofailover, or has a failover_priority of zero or less, and may not"
                            + " create the cluster");
        }
        if (directory instanceof DataDirectory.Interrupted(String operation)) {
            return waiting(
                    seen, RuleId.CLONE_AWAITS_LEADER, "an interrupted " + operation + " is here");
        }
        if (seen.postgres().operation() instanceof Operation.Failed failed
                && isMaking(failed.kind())) {
            if (failed.attempt() >= INITDB_ATTEMPTS) {
                return new Decision(
                        RuleId.BOOTSTRAP_FAILED,
                        failed.reason(),
                        List.of(
                                new Action.Exit(
                                        1,
                                        RuleId.BOOTSTRAP_FAILED.sentence()
                                                + ": "
                                                + failed.reason())),
                        Plans.AT_ONCE);
            }
            var left = Plans.backOffLeft(seen, failed);
            if (!left.isZero()) {
                return new Decision(
                        RuleId.BOOTSTRAP_FAILED,
                        failed.reason(),
                        Plans.alive(seen),
                        Plans.shorter(left, Plans.loopWait(seen)));
            }
        }
        return new Decision(
                RuleId.BOOTSTRAP_CLAIM,
                "",
                Plans.alive(seen, new Action.ClaimInitialization()),
                Plans.AT_ONCE);
    }

    /// Another member that has data, whether its server runs or not: where it comes while this one
    /// creates a cluster, there has been one before, of which the store has lost all traces.
    static @Nullable Member otherWithData(Observation seen, ClusterView view) {
        return otherWithData(seen, view, _ -> true);
    }

    private static @Nullable Member otherWithData(
            Observation seen, ClusterView view, Predicate<Member> isMeant) {
        for (Member member : view.members()) {
            if (!member.name().equals(seen.self().name())
                    && member.role() != MemberRole.UNINITIALIZED
                    && isMeant.test(member)) {
                return member;
            }
        }
        return null;
    }

    private static Decision initdb(Observation seen, ClusterView view, DataDirectory directory) {
        String overtaken = null;
        if (view.leader() != null) {
            overtaken = view.leader().name() + " leads a cluster of this name already";
        } else if (seen.config().remote() == null
                && directory instanceof DataDirectory.Interrupted(String operation)) {
            overtaken = "an interrupted " + operation + " is here";
        }
        if (overtaken != null) {
            return new Decision(
                    RuleId.BOOTSTRAP_FAILED,
                    overtaken,
                    Plans.alive(seen, new Action.AbandonInitialization()),
                    Plans.AT_ONCE);
        }
        if (seen.postgres().operation() instanceof Operation.Failed failed
                && isMaking(failed.kind())
                && (failed.attempt() >= INITDB_ATTEMPTS
                        || !Plans.backOffLeft(seen, failed).isZero())) {
            // Others may be luckier: the claim goes back while we pause or give up.
            return new Decision(
                    RuleId.BOOTSTRAP_FAILED,
                    failed.reason(),
                    Plans.alive(seen, new Action.AbandonInitialization()),
                    Plans.AT_ONCE);
        }
        if (seen.config().remote() != null) {
            return fromRemote(seen, seen.config().remote());
        }
        return new Decision(
                RuleId.BOOTSTRAP_INITDB,
                "",
                Plans.alive(seen, Plans.instance(new PostgresCommand.Initdb())),
                Plans.loopWait(seen));
    }

    /// What makes a first instance: initdb, or the copy of a server of another cluster.
    private static boolean isMaking(Operation.Kind kind) {
        return kind == Operation.Kind.INITDB || kind == Operation.Kind.CLONE;
    }

    private static Decision fromRemote(Observation seen, RemoteSource remote) {
        Upstream upstream = Upstream.of(remote);
        if (upstream == null && seen.config().postgres().copiesWithoutLeader()) {
            return new Decision(
                    RuleId.BOOTSTRAP_FROM_REMOTE,
                    "from what create_replica_methods restores",
                    Plans.alive(seen, Plans.instance(new PostgresCommand.CopyWithoutLeader())),
                    Plans.loopWait(seen));
        }
        if (upstream == null) {
            return new Decision(
                    RuleId.BOOTSTRAP_FAILED,
                    "standby_cluster names no host, and none of its create_replica_methods does"
                            + " without: there is nothing to make the first instance from",
                    Plans.alive(seen, new Action.AbandonInitialization()),
                    Plans.loopWait(seen));
        }
        return new Decision(
                RuleId.BOOTSTRAP_FROM_REMOTE,
                "from " + upstream,
                Plans.alive(
                        seen, Plans.instance(new PostgresCommand.Clone(REMOTE, upstream, null))),
                Plans.loopWait(seen));
    }

    private static Decision copyLeader(
            Observation seen, ClusterView view, DataDirectory directory) {
        Member leader = view.leaderMember();
        if (view.leader() == null && seen.config().postgres().copiesWithoutLeader()) {
            return copyWithoutLeader(seen, view);
        }
        if (leader == null || leader.state() != MemberState.RUNNING || !leader.role().isLeading()) {
            return waiting(seen, RuleId.CLONE_AWAITS_LEADER, "");
        }
        Upstream upstream = Upstream.ofConnUrl(leader.connUrl());
        if (upstream == null) {
            return waiting(
                    seen,
                    RuleId.CLONE_AWAITS_LEADER,
                    "the leader's conn_url cannot be read: " + leader.connUrl());
        }
        boolean halfRewound =
                directory instanceof DataDirectory.Interrupted(String operation)
                        && operation.equals("rewind");
        if (halfRewound && RejoinRules.isRewindSpent(seen, leader)) {
            Decision spent =
                    seen.config().postgres().removeDataDirectoryOnRewindFailure()
                            ? CopyPlan.replace(seen, view, leader, RuleId.RECLONE_DIVERGED, "")
                            : RejoinRules.spent(seen);
            if (spent != null) {
                return spent;
            }
        }
        if (seen.postgres().operation() instanceof Operation.Failed failed) {
            var left = Plans.backOffLeft(seen, failed);
            if (!left.isZero()) {
                return new Decision(
                        RuleId.CLONE_FROM_LEADER,
                        "the last attempt failed: " + failed.reason(),
                        Plans.alive(seen),
                        Plans.shorter(left, Plans.loopWait(seen)));
            }
        }
        if (halfRewound) {
            return continueRewind(seen, leader, upstream);
        }
        String counts = CopyPlan.whyCounts(seen, view);
        if (counts != null) {
            return waiting(seen, RuleId.RECLONE_WAITS, counts);
        }
        Member source = CopyPlan.source(seen, view, leader);
        Upstream at = Upstream.ofConnUrl(source.connUrl());
        Upstream slotOn = CopyPlan.slotOn(seen, view, leader);
        return at == null || source.equals(leader)
                ? begin(
                        seen,
                        RuleId.CLONE_FROM_LEADER,
                        leader,
                        new PostgresCommand.Clone(leader.name(), upstream, slotOn))
                : begin(
                        seen,
                        RuleId.CLONE_FROM_STANDBY,
                        source,
                        new PostgresCommand.Clone(source.name(), at, slotOn));
    }

    /// As in Patroni: a restore need not wait for somebody to lead. But what this member has
    /// acknowledged as a synchronous standby is given up by an operator only.
    private static Decision copyWithoutLeader(Observation seen, ClusterView view) {
        if (seen.config().synchronous().isOn() && CopyPlan.whyCounts(seen, view) != null) {
            return waiting(
                    seen,
                    RuleId.CLONE_AWAITS_LEADER,
                    "it is listed as a synchronous standby (etcd key 'sync'), and a copy made without"
                            + " a leader may lack what it had acknowledged; to give that up, turn"
                            + " synchronous_mode off");
        }
        if (seen.postgres().operation() instanceof Operation.Failed failed) {
            Duration left = Plans.backOffLeft(seen, failed);
            if (!left.isZero()) {
                return new Decision(
                        RuleId.COPY_WITHOUT_LEADER,
                        "the last attempt failed: " + failed.reason(),
                        Plans.alive(seen),
                        Plans.shorter(left, Plans.loopWait(seen)));
            }
        }
        return new Decision(
                RuleId.COPY_WITHOUT_LEADER,
                "",
                Plans.alive(seen, Plans.instance(new PostgresCommand.CopyWithoutLeader())),
                Plans.loopWait(seen));
    }

    private static Decision continueRewind(Observation seen, Member leader, Upstream upstream) {
        if (!leader.checkpointAfterPromote()) {
            return waiting(
                    seen,
                    RuleId.REJOIN_AWAITS_LEADER,
                    leader.name() + " has not finished its first checkpoint since promotion");
        }
        return begin(
                seen,
                RuleId.REWIND_NEEDED,
                leader,
                new PostgresCommand.Rewind(leader.name(), upstream));
    }

    private static Decision begin(
            Observation seen, RuleId rule, Member leader, PostgresCommand command) {
        return new Decision(
                rule,
                "from " + leader.name(),
                Plans.alive(seen, Plans.instance(command)),
                Plans.loopWait(seen));
    }

    private static Decision waiting(Observation seen, RuleId rule, String because) {
        return new Decision(
                rule,
                because,
                Plans.alive(seen),
                Plans.shorter(Plans.loopWait(seen), Duration.ofSeconds(1)));
    }
}
