package io.tamada.core.loop;

import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.FailoverRequest;
import io.tamada.core.decision.Decision;
import io.tamada.core.decision.Observation;
import io.tamada.core.decision.Outage;
import io.tamada.core.decision.RuleId;
import io.tamada.core.decision.Switchover;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberName;
import io.tamada.core.port.TimeSource;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.LocalPostgres;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.time.Monotonic;
import io.tamada.core.wal.Lsn;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What the loop keeps from turn to turn about requests for another leader.
final class RequestWatch {

    private final TimeSource time;
    private Switchover.@Nullable Begun begun;
    private @Nullable Monotonic leaderlessSince;

    RequestWatch(TimeSource time) {
        this.time = time;
    }

    Switchover observed(@Nullable ClusterView view, Monotonic now) {
        if (view != null) {
            leaderlessSince =
                    view.leader() != null ? null : leaderlessSince == null ? now : leaderlessSince;
            FailoverRequest request = view.failover();
            if (request == null || (begun != null && begun.revision() != request.revision())) {
                begun = null;
            }
        }
        return new Switchover(dueIn(view), begun, leaderlessSince);
    }

    private @Nullable Duration dueIn(@Nullable ClusterView view) {
        FailoverRequest request = view == null ? null : view.failover();
        Long at = request == null ? null : request.scheduledEpochMillis();
        return at == null ? null : time.untilWall(at);
    }

    /// Whether the others must be asked before this member can decide: when there is no leader, and
    /// when this one is asked to go. Who is asked for by name asks only whether another may still
    /// be a primary, unless it has to be compared with them all the same: a doubted store does not
    /// overrule what they have, and a switchover in synchronous mode promises to lose nothing.
    boolean needsPeers(
            @Nullable ClusterView view,
            LocalPostgres postgres,
            MemberName self,
            Outage.Doubt doubt) {
        if (view == null) {
            return false;
        }
        if (postgres.status() == null) {
            // Who has no data is to know whether the others have any.
            return view.leader() == null
                    && doubt.since() != null
                    && !(postgres.directory() instanceof DataDirectory.Ready);
        }
        FailoverRequest request = view.failover();
        Duration dueIn = dueIn(view);
        boolean due =
                request != null
                        && (request.scheduledAt() == null
                                || (dueIn != null && !dueIn.isPositive()));
        if (view.leader() == null) {
            boolean byName =
                    request != null && due && request.isCandidate(self) && postgres.isStandby();
            boolean compares =
                    request != null
                            && request.leader() != null
                            && (doubt.since() != null || view.sync() != null);
            return !byName || compares || mayAnotherRun(view, self);
        }
        return due && view.leader().name().equals(self);
    }

    /// A former leader that has given its key away and comes back as a standby looks, by its
    /// record, like one whose key was deleted by hand while it is promoted: its own word tells.
    private static boolean mayAnotherRun(ClusterView view, MemberName self) {
        for (Member member : view.members()) {
            if (!member.name().equals(self)) {
                switch (member.state()) {
                    case RUNNING, STARTING, STOPPING -> {
                        return true;
                    }
                    default -> {}
                }
            }
        }
        return false;
    }

    void decided(Observation seen, Decision decision) {
        FailoverRequest request = seen.view() == null ? null : seen.view().failover();
        if (request == null) {
            return;
        }
        if (decision.rule() == RuleId.SWITCHOVER_PREPARES && begun == null) {
            ServerStatus status = seen.postgres().status();
            begun =
                    new Switchover.Begun(
                            request.revision(),
                            seen.now(),
                            status == null ? Lsn.ZERO : status.position(),
                            false);
        }
        if (decision.rule() == RuleId.SWITCHOVER_STOPS && begun != null) {
            begun = new Switchover.Begun(begun.revision(), begun.at(), begun.from(), true);
        }
    }
}
