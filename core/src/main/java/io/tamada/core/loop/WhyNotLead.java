package io.tamada.core.loop;

import io.tamada.core.cluster.ClusterView;
import io.tamada.core.decision.Decision;
import io.tamada.core.decision.Observation;
import io.tamada.core.failover.Consent;
import io.tamada.core.failover.LeaderRace;
import io.tamada.core.failover.SyncRace;
import io.tamada.core.lease.LeaderLease;
import io.tamada.core.member.RejoinNote;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.LocalPostgres;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.ServerProcess;
import io.tamada.core.postgres.ServerStatus;
import org.jspecify.annotations.Nullable;

/// What an operator is told speaks against this member as the next leader, also while another
/// leads. It decides nothing: in a race {@link LeaderRace} does, and asks the others first.
final class WhyNotLead {

    private WhyNotLead() {}

    /// @param view the last one that was read.
    /// @param rejoin where the member stands on its way back; null when it is not on one.
    /// @return null for the leader, and when nothing is known to speak against the member.
    static @Nullable String of(
            Observation seen, Decision decision, ClusterView view, @Nullable RejoinNote rejoin) {
        if (seen.lease() instanceof LeaderLease.Held) {
            return null;
        }
        String barred = whyBarred(seen, decision, view);
        if (barred != null) {
            return barred;
        }
        String noServer = whyNoServer(seen.postgres(), rejoin);
        if (noServer != null) {
            return noServer;
        }
        ServerStatus status = seen.postgres().status();
        if (status == null || !status.inRecovery()) {
            return status != null && seen.lease() instanceof LeaderLease.HeldByOther
                    ? "its server runs as a primary beside the leader"
                    : null;
        }
        return LeaderRace.whyTooFarBehind(seen.config(), view, status, LeaderRace.Lag.BOUNDED);
    }

    private static @Nullable String whyBarred(
            Observation seen, Decision decision, ClusterView view) {
        String whyNot =
                switch (decision.rule()) {
                    case RACE_NOT_OURS,
                            RACE_CONSENTED,
                            REQUESTED_AWAITED,
                            RACE_STORE_DOUBTED,
                            LEADER_KEY_DOUBTED ->
                            decision.because();
                    default ->
                            LeaderRace.whyMemberMayNotLead(seen.self().tags(), seen.config(), view);
                };
        if (whyNot == null) {
            whyNot = SyncRace.whyForbidden(seen.self().name(), seen.config(), view);
        }
        if (whyNot == null) {
            whyNot = Consent.whyNotAsked(seen.self().name(), seen.config(), view);
        }
        if (whyNot == null) {
            whyNot = seen.fencing().whyMayNotLead();
        }
        return whyNot == null ? seen.postgres().storage().whyNoPrimary() : whyNot;
    }

    /// Only a standby that answers takes a vacant key. One that does not stream but answers may,
    /// so those rungs are no reason.
    private static @Nullable String whyNoServer(
            LocalPostgres postgres, @Nullable RejoinNote rejoin) {
        if (rejoin != null) {
            String way =
                    switch (rejoin.rung()) {
                        case STREAM, RESTORE -> null;
                        case REWIND -> "its data have to be rewound first";
                        case RECLONE -> "its data are to be replaced by a new copy";
                        case STOPPED -> "it has stopped on its way back";
                    };
            if (way != null) {
                return rejoin.reason().isEmpty() ? way : way + ": " + rejoin.reason();
            }
        }
        if (!(postgres.directory() instanceof DataDirectory.Ready)) {
            return "it has no data yet";
        }
        return switch (postgres.process()) {
            case ServerProcess.Answering _ -> null;
            case ServerProcess.NotAnswering(_, boolean stopping) ->
                    stopping ? "its server is stopping" : "its server does not answer yet";
            case ServerProcess.Down() ->
                    postgres.operation()
                                            instanceof
                                            Operation.Failed(
                                                    Operation.Kind kind,
                                                    _,
                                                    String reason,
                                                    _)
                                    && (kind == Operation.Kind.START_AS_STANDBY
                                            || kind == Operation.Kind.START_AS_PRIMARY)
                            ? "its server does not start: " + reason
                            : "its server does not run";
        };
    }
}
