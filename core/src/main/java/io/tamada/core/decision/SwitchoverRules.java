package io.tamada.core.decision;

import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.FailoverRequest;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.failover.LeaderRace;
import io.tamada.core.failover.PeerReport;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberName;
import io.tamada.core.postgres.ControlData;
import io.tamada.core.postgres.ControlState;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.StopMode;
import io.tamada.core.quorum.SyncCandidates;
import io.tamada.core.switchover.SwitchoverCheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Somebody has asked for another leader (the `failover` key; Patroni's tables C and D).
///
/// The leader writes a checkpoint while clients go on, so that the stop that follows has little
/// left to do; stops; says how far it came; and gives the key away. The candidate waits on its
/// watch.
final class SwitchoverRules {

    /// A checkpoint that takes longer than this is not waited for.
    private static final Duration CHECKPOINT_LIMIT = Duration.ofSeconds(60);

    /// After so many halves of loop_wait a scheduled request is stale.
    private static final int STALE_AFTER_HALVES = 3;

    /// A standby tries to connect again after five seconds (`wal_retrieve_retry_interval`).
    private static final Duration STREAM_PATIENCE = Duration.ofSeconds(10);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

    private SwitchoverRules() {}

    /// The request that counts now; null when there is none, or its time has not come.
    static @Nullable FailoverRequest due(Observation seen, ClusterView view) {
        FailoverRequest request = view.failover();
        if (request == null || request.scheduledAt() == null) {
            return request;
        }
        if (request.scheduledEpochMillis() == null) {
            return request;
        }
        Duration dueIn = seen.switchover().dueIn();
        return dueIn == null || dueIn.isPositive() ? null : request;
    }

    /// How long a steady leader may sleep before a scheduled request is due.
    static Duration untilDue(Observation seen, Duration usual) {
        Duration dueIn = seen.switchover().dueIn();
        return dueIn == null || !dueIn.isPositive() ? usual : Plans.shorter(dueIn, usual);
    }

    /// What a running primary that leads does about a request; null when nothing.
    static @Nullable Decision leader(Observation seen, ClusterView view, ServerStatus status) {
        FailoverRequest request = due(seen, view);
        if (request == null) {
            return null;
        }
        String impossible = whyImpossible(seen, view, request, status);
        if (impossible != null) {
            return cleared(seen, request, impossible);
        }
        Switchover.Begun begun = begun(seen, request);
        if (begun == null) {
            return new Decision(
                    RuleId.SWITCHOVER_PREPARES,
                    request.toString(),
                    Plans.alive(seen, Plans.instance(new PostgresCommand.Checkpoint())),
                    LOOK_AGAIN);
        }
        ControlData control = seen.postgres().control();
        boolean written = control != null && !control.checkpoint().isBefore(begun.from());
        if (!begun.stopping() && !written && !Plans.passed(seen, begun.at(), CHECKPOINT_LIMIT)) {
            return new Decision(
                    RuleId.SWITCHOVER_PREPARES, request.toString(), Plans.alive(seen), LOOK_AGAIN);
        }
        if (!begun.stopping()
                && !Plans.passed(seen, begun.at(), STREAM_PATIENCE)
                && !streams(seen, view, request, status)) {
            return new Decision(
                    RuleId.SWITCHOVER_PREPARES,
                    request + ", which does not stream yet",
                    Plans.alive(seen),
                    LOOK_AGAIN);
        }
        return new Decision(
                RuleId.SWITCHOVER_STOPS,
                request.toString(),
                Plans.alive(seen, Plans.instance(new PostgresCommand.Stop(StopMode.FAST))),
                LOOK_AGAIN);
    }

    /// Takes a request back that is done or cannot be; people want to know which of the two.
    static Decision cleared(Observation seen, FailoverRequest request, String impossible) {
        MemberName self = seen.self().name();
        boolean done =
                request.isCandidate(self)
                        || (request.candidate() == null
                                && request.leader() != null
                                && !request.isLeader(self));
        return new Decision(
                RuleId.SWITCHOVER_CLEARED,
                done
                        ? "done: %s leads (%s)".formatted(self, request)
                        : "%s: cannot be: %s".formatted(request, impossible),
                Plans.alive(seen, new Action.ClearFailover(request.revision())),
                Plans.AT_ONCE);
    }

    /// Whether somebody who may take over is connected: the stop waits until those have everything.
    /// A standby that is between two connections, as after a restart of the primary, would lack
    /// what was acknowledged last. One that streams from another standby is seen in its record.
    private static boolean streams(
            Observation seen, ClusterView view, FailoverRequest request, ServerStatus status) {
        for (Member member : view.members()) {
            boolean meant =
                    request.candidate() == null
                            ? !member.name().equals(seen.self().name())
                                    && !member.tags().neverLeads()
                            : request.isCandidate(member.name());
            boolean cascaded =
                    member.tags().replicateFrom() != null
                            && "streaming".equals(member.replicationState());
            if (meant
                    && (cascaded
                            || SyncCandidates.flushed(status, member.name().value()) != null)) {
                return true;
            }
        }
        return false;
    }

    private static Switchover.@Nullable Begun begun(Observation seen, FailoverRequest request) {
        Switchover.Begun begun = seen.switchover().begun();
        return begun != null && begun.revision() == request.revision() ? begun : null;
    }

    /// Why the leader that is asked cannot hand over; null when it can.
    static @Nullable String whyImpossible(
            Observation seen, ClusterView view, FailoverRequest request, ServerStatus status) {
        MemberName self = seen.self().name();
        if (request.scheduledAt() != null && request.scheduledEpochMillis() == null) {
            return "its time cannot be read; expected ISO 8601 with a zone";
        }
        Duration dueIn = seen.switchover().dueIn();
        if (dueIn != null
                && dueIn.plus(Plans.loopWait(seen).multipliedBy(STALE_AFTER_HALVES).dividedBy(2))
                        .isNegative()) {
            return "its time has passed";
        }
        if (request.leader() != null && !request.isLeader(self)) {
            return self + " leads, not " + request.leader();
        }
        if (request.isCandidate(self)) {
            return self + " leads already";
        }
        if (seen.config().pause() && request.candidate() == null) {
            return "in pause a candidate must be named";
        }
        return SwitchoverCheck.whyNobody(request, seen.config(), view, status, seen.peers());
    }

    /// After the server was stopped for a request; null when it is down for another reason.
    static @Nullable Decision stopped(Observation seen, ClusterView view) {
        FailoverRequest request = due(seen, view);
        Switchover.Begun begun = request == null ? null : begun(seen, request);
        ControlData control = seen.postgres().control();
        boolean inOrder = control != null && control.state() == ControlState.SHUT_DOWN;
        if (request == null || begun == null || !begun.stopping() || !inOrder) {
            return null;
        }
        return new Decision(
                RuleId.SWITCHOVER_HANDS_OVER,
                request.toString(),
                Plans.handOver(seen, "switchover " + request),
                Plans.AT_ONCE);
    }

    /// What a running standby makes of a request while there is no leader; null when the usual race
    /// decides.
    static @Nullable Decision race(Observation seen, ClusterView view, ServerStatus status) {
        FailoverRequest request = due(seen, view);
        boolean isSwitchover = request != null && request.leader() != null;
        boolean doubted =
                seen.outage().doubt().since() != null
                        || view.initialization() instanceof Initialization.Absent;
        if (request == null || (isSwitchover && doubted)) {
            // Only an operator who names nobody but the next leader overrules a doubted store.
            return null;
        }
        MemberName self = seen.self().name();
        if (request.isCandidate(self)) {
            // The operator overrules the doubt, not the term of a primary that still runs.
            String unsafe = LeaderlessRules.whyTooEarly(seen);
            if (unsafe == null) {
                unsafe = whyUnsafe(seen, view, status, request);
            }
            if (unsafe != null) {
                return awaits(seen, request, unsafe);
            }
            return seen.self().tags().neverLeads()
                    ? null
                    : LeaderlessRules.acquire(
                            seen, RuleId.REQUESTED_TAKES_OVER, request.toString());
        }
        // Whoever was asked for may turn out to be unable; the cluster does not wait for ever.
        if (seen.switchover().leaderlessSince() == null
                || Plans.passed(seen, seen.switchover().leaderlessSince(), seen.timing().ttl())) {
            return null;
        }
        for (PeerReport peer : seen.peers()) {
            boolean asked =
                    request.candidate() == null
                            ? request.isLeader(self)
                            : request.isCandidate(peer.name());
            if (asked && SwitchoverCheck.isReady(peer)) {
                return awaits(seen, request, peer.name() + " is asked to lead");
            }
        }
        if (seen.config().pause()) {
            return null;
        }
        String whyNot =
                LeaderRace.whyStandbyMayNotLead(
                        self,
                        seen.self().tags(),
                        seen.config(),
                        view,
                        status,
                        withoutLeader(seen, request),
                        LeaderRace.Lag.ANY);
        return whyNot == null ? null : awaits(seen, request, whyNot);
    }

    /// A switchover promises to lose nothing, and a leader that has died over it may have
    /// acknowledged more than its candidate has. A failover that names nobody but its candidate is
    /// the operator's own word.
    private static @Nullable String whyUnsafe(
            Observation seen, ClusterView view, ServerStatus status, FailoverRequest request) {
        boolean promised =
                request.leader() != null
                        && seen.config().synchronous().isOn()
                        && view.sync() != null;
        return promised
                ? LeaderRace.whyStandbyMayNotLead(
                        seen.self().name(),
                        seen.self().tags(),
                        seen.config(),
                        view,
                        status,
                        withoutLeader(seen, request),
                        LeaderRace.Lag.ANY)
                : null;
    }

    /// The leader that was to go is no rival.
    private static List<PeerReport> withoutLeader(Observation seen, FailoverRequest request) {
        List<PeerReport> peers = new ArrayList<>();
        for (PeerReport peer : seen.peers()) {
            if (!request.isLeader(peer.name())) {
                peers.add(peer);
            }
        }
        return peers;
    }

    private static Decision awaits(Observation seen, FailoverRequest request, String because) {
        return new Decision(
                RuleId.REQUESTED_AWAITED,
                request + ": " + because,
                Plans.alive(seen),
                Plans.shorter(Plans.loopWait(seen), Duration.ofMillis(500)));
    }
}
