package io.tamada.rest.health;

import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.SyncState;
import io.tamada.core.cluster.SynchronousMode;
import io.tamada.core.loop.Snapshot;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberState;
import io.tamada.core.member.MemberTags;
import io.tamada.core.postgres.ProbeBoard.Reading;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.time.Monotonic;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// All that a health check may know, at the moment of the request.
///
/// @param snapshot what the loop knew after its last tick; null before the first.
/// @param reading the status probe's latest reading; null before the first.
/// @param covered whether the write deadline covers `now`.
/// @param startedAt when the server began to listen.
public record HealthFacts(
        MemberName self,
        MemberTags tags,
        @Nullable Snapshot snapshot,
        @Nullable Reading reading,
        LeaseCover covered,
        Monotonic now,
        Monotonic startedAt) {

    /// Whether this member may write at the moment of the request.
    public enum LeaseCover {
        MAY_WRITE,
        MAY_NOT_WRITE
    }

    /// How this member takes part in synchronous replication.
    public enum SyncRole {
        ASYNC,
        SYNC,
        QUORUM
    }

    /// A reading of the probe this old or older says nothing about now: the probe asks every
    /// second, so two have been missed.
    public static final Duration PROBE_AGE_LIMIT = Duration.ofSeconds(2);

    public HealthFacts withReading(Reading other) {
        return new HealthFacts(self, tags, snapshot, other, covered, now, startedAt);
    }

    public boolean leads() {
        return covered == LeaseCover.MAY_WRITE;
    }

    public boolean standbyCluster() {
        return snapshot != null && snapshot.config().standbyCluster();
    }

    public @Nullable ClusterView view() {
        return snapshot == null ? null : snapshot.view();
    }

    /// What PostgreSQL answered, if it is running and the answer is recent; null otherwise.
    public @Nullable ServerStatus recentStatus() {
        return recentStatus(reading, now);
    }

    /// The reading's status, or null when it is too old, or not of a running server.
    public static @Nullable ServerStatus recentStatus(@Nullable Reading reading, Monotonic now) {
        return reading != null
                        && reading.state() == MemberState.RUNNING
                        && now.isBefore(reading.askedAt().plus(PROBE_AGE_LIMIT))
                ? reading.status()
                : null;
    }

    /// `streaming` or `in archive recovery`, in Patroni's words; null when it is neither.
    public static @Nullable String replicationState(ServerStatus status, @Nullable Member self) {
        if (!status.inRecovery()) {
            return null;
        }
        if (status.streaming()) {
            return "streaming";
        }
        return self != null && "in archive recovery".equals(self.replicationState())
                ? self.replicationState()
                : null;
    }

    /// What the `sync` key makes of the named standby. Names are compared without regard to case,
    /// as PostgreSQL compares them in `synchronous_standby_names`.
    public static SyncRole syncRole(Snapshot snapshot, MemberName name) {
        SynchronousMode mode = snapshot.config().synchronous().mode();
        ClusterView view = snapshot.view();
        if (mode == SynchronousMode.OFF || view == null || view.sync() == null) {
            return SyncRole.ASYNC;
        }
        SyncState sync = view.sync();
        for (String standby : sync.standbys()) {
            if (standby.equalsIgnoreCase(name.value())) {
                return mode == SynchronousMode.QUORUM ? SyncRole.QUORUM : SyncRole.SYNC;
            }
        }
        return SyncRole.ASYNC;
    }
}
