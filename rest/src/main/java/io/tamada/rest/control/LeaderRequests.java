package io.tamada.rest.control;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.FailoverRequest;
import io.tamada.core.cluster.LeaderKey;
import io.tamada.core.cluster.SyncState;
import io.tamada.core.cluster.SynchronousMode;
import io.tamada.core.failover.PeerReport;
import io.tamada.core.member.Member;
import io.tamada.core.port.ClusterStore.WriteOutcome;
import io.tamada.core.port.ControlStore;
import io.tamada.core.port.ControlStore.Sight;
import io.tamada.core.port.PeerProbe;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `/switchover` and `/failover`: writes the request, and waits for what comes of it. The deciding
/// is done by the members themselves.
final class LeaderRequests {

    private static final Logger LOG = LoggerFactory.getLogger(LeaderRequests.class);

    private static final Duration PEERS_WITHIN = Duration.ofSeconds(2);
    private static final Duration STORE_WITHIN = Duration.ofSeconds(5);

    /// How long the caller waits at least for what comes of a request, as in Patroni.
    private static final Duration RESULT_WITHIN = Duration.ofSeconds(20);

    /// @param waits stands still for a moment between two looks at the store.
    record Ports(ControlStore store, PeerProbe peers, Waiting waits) {}

    enum Action {
        SWITCHOVER,
        FAILOVER;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        String title() {
            return this == SWITCHOVER ? "Switchover" : "Failover";
        }

        /// "switch", "fail": what is done over.
        String verb() {
            return this == SWITCHOVER ? "switch" : "fail";
        }
    }

    private record Wanted(
            Action action,
            @Nullable String leader,
            @Nullable String candidate,
            @Nullable String scheduledAt) {}

    private final Ports ports;

    LeaderRequests(Ports ports) {
        this.ports = ports;
    }

    Reply post(Action asked, ObjectNode body, Instant now) {
        String leader = Body.text(body, "leader");
        String candidate = Body.text(body, "candidate");
        if (candidate == null) {
            candidate = Body.text(body, "member");
        }
        String at = Body.text(body, "scheduled_at");
        LOG.info(
                "received {} request with leader={} candidate={} scheduled_at={}",
                asked.word(),
                leader,
                candidate,
                at);
        if (!(ports.store().read(STORE_WITHIN) instanceof Sight.Seen(ClusterView view, _))) {
            return Reply.sentence(503, "the cluster cannot be read from the store");
        }
        ClusterConfig config = view.config() == null ? ClusterConfig.DEFAULTS : view.config();
        Reply refused = whyRefused(asked, leader, candidate, at, config.pause());
        if (refused != null) {
            return refused;
        }
        String scheduled = null;
        if (at != null) {
            switch (Schedule.parse(at, asked.word(), now)) {
                case Schedule.Refused(Reply reply) -> {
                    return reply;
                }
                case Schedule.At(OffsetDateTime time) -> scheduled = WrittenMoment.of(time);
            }
        }
        Action action = asked;
        if (asked == Action.FAILOVER && leader != null) {
            LOG.warn(
                    "received failover request with leader specified - performing switchover instead");
            action = Action.SWITCHOVER;
        }
        Wanted wanted = new Wanted(action, leader, candidate, scheduled);
        if (scheduled == null) {
            String impossible = whyImpossible(wanted, view, config);
            if (impossible != null) {
                return Reply.sentence(412, impossible);
            }
        }
        return write(wanted, view, config);
    }

    private static @Nullable Reply whyRefused(
            Action asked,
            @Nullable String leader,
            @Nullable String candidate,
            @Nullable String at,
            boolean paused) {
        String why = null;
        if (asked == Action.FAILOVER && candidate == null) {
            why = "Failover could be performed only to a specific candidate";
        } else if (asked == Action.SWITCHOVER && leader == null) {
            why = "Switchover could be performed only from a specific leader";
        } else if (at != null && asked == Action.FAILOVER) {
            why = "Failover can't be scheduled";
        } else if (at != null && paused) {
            why = "Can't schedule switchover in the paused state";
        } else if (paused && candidate == null) {
            why = "Switchover is possible only to a specific candidate in a paused state";
        } else if (leader != null && leader.equals(candidate)) {
            why = "Switchover target and source are the same";
        }
        return why == null ? null : Reply.sentence(400, why);
    }

    /// Null when somebody could take over, as far as can be told from here.
    private @Nullable String whyImpossible(Wanted wanted, ClusterView view, ClusterConfig config) {
        LeaderKey leader = view.leader();
        String word = wanted.action().word();
        if (wanted.leader() != null
                && (leader == null || !leader.name().value().equals(wanted.leader()))) {
            return "leader name does not match";
        }
        boolean listedOnly =
                config.synchronous().mode() == SynchronousMode.ON
                        && wanted.action() == Action.SWITCHOVER;
        SyncState sync = view.sync();
        List<Member> fit = new ArrayList<>();
        for (Member member : view.members()) {
            boolean leads = leader != null && member.name().equals(leader.name());
            boolean asked =
                    wanted.candidate() == null
                            ? !leads && (!listedOnly || isListed(sync, member))
                            : member.name().value().equals(wanted.candidate());
            if (asked) {
                fit.add(member);
            }
        }
        if (wanted.candidate() != null) {
            if (fit.isEmpty()) {
                return "candidate does not exists";
            }
            if (listedOnly && !isListed(sync, fit.getFirst())) {
                return "candidate name does not match with sync_standby";
            }
        } else if (fit.isEmpty()) {
            return word
                    + (listedOnly
                            ? " is not possible: can not find sync_standby"
                            : " is not possible: cluster does not have members except leader");
        }
        for (PeerReport report : ports.peers().ask(fit, PEERS_WITHIN)) {
            if (report instanceof PeerReport.Answered peer
                    && !peer.tags().neverLeads()
                    && !peer.watchdogFailed()) {
                return null;
            }
        }
        return word + " is not possible: no good candidates have been found";
    }

    private static boolean isListed(@Nullable SyncState sync, Member member) {
        return sync != null && sync.lists(member.name());
    }

    private Reply write(Wanted wanted, ClusterView view, ClusterConfig config) {
        WriteOutcome outcome =
                ports.store()
                        .request(
                                wanted.leader(),
                                wanted.candidate(),
                                wanted.scheduledAt(),
                                STORE_WITHIN);
        if (!(outcome instanceof WriteOutcome.Done)) {
            return Reply.sentence(503, "failed to write failover key into DCS");
        }
        if (wanted.scheduledAt() != null) {
            return Reply.sentence(202, wanted.action().title() + " scheduled");
        }
        LeaderKey before = view.leader();
        return result(wanted, before == null ? null : before.name().value(), config);
    }

    /// Looks at the store until another member leads or the request is gone.
    private Reply result(Wanted wanted, @Nullable String before, ClusterConfig config) {
        Duration patience = config.loopWait().multipliedBy(2);
        Waiting.Deadline deadline =
                ports.waits()
                        .until(patience.compareTo(RESULT_WITHIN) > 0 ? patience : RESULT_WITHIN);
        while (deadline.pause()) {
            if (!(ports.store().read(STORE_WITHIN) instanceof Sight.Seen(ClusterView view, _))) {
                continue;
            }
            LeaderKey leader = view.leader();
            if (leader != null && !leader.name().value().equals(before)) {
                return Reply.sentence(200, success(wanted, leader.name().value()));
            }
            FailoverRequest pending = view.failover();
            if (pending == null && leader != null) {
                return Reply.sentence(503, wanted.action().title() + " failed");
            }
        }
        return Reply.sentence(503, wanted.action().title() + " status unknown");
    }

    private static String success(Wanted wanted, String leader) {
        String verb = wanted.action().verb();
        return wanted.candidate() == null || wanted.candidate().equals(leader)
                ? "Successfully %sed over to \"%s\"".formatted(verb, leader)
                : "%s%sed over to \"%s\" instead of \"%s\""
                        .formatted(
                                verb.substring(0, 1).toUpperCase(Locale.ROOT),
                                verb.substring(1),
                                leader,
                                wanted.candidate());
    }

    /// Takes a scheduled switchover back.
    Reply delete() {
        if (!(ports.store().read(STORE_WITHIN) instanceof Sight.Seen(ClusterView view, _))) {
            return Reply.sentence(503, "the cluster cannot be read from the store");
        }
        FailoverRequest request = view.failover();
        if (request == null || request.scheduledAt() == null) {
            return Reply.sentence(404, "no switchover is scheduled");
        }
        return switch (ports.store().clearRequest(request.revision(), STORE_WITHIN)) {
            case WriteOutcome.Done() -> Reply.sentence(200, "scheduled switchover deleted");
            case WriteOutcome.Refused(String reason) -> Reply.sentence(409, reason);
            case WriteOutcome.Unknown(String reason) -> Reply.sentence(503, reason);
        };
    }
}
