package io.tamada.rest.document;

import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.cluster.SystemIdentifier;
import io.tamada.core.loop.Snapshot;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberRole;
import io.tamada.core.member.MemberState;
import io.tamada.core.postgres.ControlData;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.ProbeBoard.Reading;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.rest.health.HealthFacts;
import io.tamada.rest.health.HealthFacts.SyncRole;
import org.jspecify.annotations.Nullable;

/// What the status document and the metrics tell alike, worked out once.
///
/// @param status PostgreSQL's answer; null when there is none that is recent.
/// @param leads whether this member may write at the moment of the request.
/// @param dcsLastSeen seconds since 1970.
public record StatusFacts(
        DocumentHeader header,
        @Nullable Snapshot snapshot,
        @Nullable Reading reading,
        @Nullable ServerStatus status,
        boolean leads,
        long dcsLastSeen,
        long logQueueSize,
        long logRecordsLost) {

    /// Patroni's word for the state: `unknown` when the server runs but does not answer.
    String state() {
        if (reading == null) {
            return PatroniWords.of(MemberState.STARTING);
        }
        return reading.state() == MemberState.RUNNING && status == null
                ? PatroniWords.UNKNOWN
                : PatroniWords.of(reading.state());
    }

    /// The server's own word when it answers; what was published of it otherwise.
    String role() {
        if (status == null) {
            Member self = snapshot == null ? null : snapshot.self();
            if (self != null) {
                return PatroniWords.of(self.role());
            }
            // Nothing was published yet: the store may have been silent ever since the start.
            boolean hasData =
                    snapshot != null
                            && snapshot.postgres().directory() instanceof DataDirectory.Ready;
            return PatroniWords.of(hasData ? MemberRole.REPLICA : MemberRole.UNINITIALIZED);
        }
        if (!status.inRecovery()) {
            return "primary";
        }
        boolean standbyLeader = leads && snapshot != null && snapshot.config().standbyCluster();
        return standbyLeader ? "standby_leader" : "replica";
    }

    /// Whether the document shows a position. A standby that still replays its own WAL has
    /// confirmed more than it can tell, and in synchronous mode a peer would take what it tells for
    /// the vote of one that is not ahead. A Patroni, too, counts no member without a position.
    /// Without synchronous mode nobody votes, and even half the truth makes a lesser peer wait.
    boolean tellsPosition() {
        return status == null
                || !status.replaysOwn()
                || (snapshot != null && !snapshot.config().synchronous().isOn());
    }

    /// A restart of the server that is to come, as JSON; null for none.
    @Nullable String scheduledRestart() {
        Member self = snapshot == null ? null : snapshot.self();
        return self == null ? null : self.scheduledRestart();
    }

    SyncRole syncRole() {
        return snapshot == null || !role().equals("replica")
                ? SyncRole.ASYNC
                : HealthFacts.syncRole(snapshot, header.member());
    }

    @Nullable String replicationState() {
        return status == null
                ? null
                : HealthFacts.replicationState(status, snapshot == null ? null : snapshot.self());
    }

    boolean clusterUnlocked() {
        ClusterView view = snapshot == null ? null : snapshot.view();
        return view == null || view.leader() == null;
    }

    boolean failsafeActive() {
        return snapshot != null && snapshot.failsafeActive();
    }

    boolean paused() {
        return snapshot != null && snapshot.config().pause();
    }

    /// Whether this member may not lead because something that has to fence it is not there: in a
    /// race, nobody waits for it.
    boolean unfenced() {
        return snapshot != null && snapshot.fencing().whyMayNotLead() != null;
    }

    @Nullable SystemIdentifier system() {
        if (snapshot == null) {
            return null;
        }
        ControlData control = snapshot.postgres().control();
        if (control != null) {
            return control.system();
        }
        return snapshot.view() != null
                        && snapshot.view().initialization()
                                instanceof Initialization.Done(SystemIdentifier system)
                ? system
                : null;
    }
}
