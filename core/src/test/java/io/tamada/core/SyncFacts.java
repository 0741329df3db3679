package io.tamada.core;

import io.tamada.core.cluster.SyncState;
import io.tamada.core.decision.SynchronousMemory;
import io.tamada.core.postgres.ClientGate;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.ServerStatus.ReplicationConnection;
import io.tamada.core.postgres.StandbyNames;
import io.tamada.core.quorum.SyncTransition.Doubt;
import java.util.List;
import java.util.TreeMap;

/// Facts of synchronous replication for tests.
public final class SyncFacts {

    private SyncFacts() {}

    /// The sync key of `a`.
    public static SyncState published(int quorum, String... standbys) {
        return new SyncState("a", List.of(standbys), quorum);
    }

    public static ReplicationConnection streams(String name, long flushed) {
        return connection(name, flushed, "streaming");
    }

    public static ReplicationConnection connection(String name, long flushed, String state) {
        return new ReplicationConnection(
                name,
                "replicator",
                "10.0.0.9",
                state,
                "sync",
                1,
                Facts.lsn(flushed),
                Facts.lsn(flushed),
                Facts.lsn(flushed),
                Facts.lsn(flushed),
                ServerStatus.Lag.UNKNOWN);
    }

    /// A primary that has written up to 5000.
    public static ServerStatus primary(String names, ReplicationConnection... connections) {
        return with(Facts.primaryStatus(1, 5000), names, ClientGate.OPEN, connections);
    }

    /// The same, while its checkpointer is at an immediate checkpoint.
    public static ServerStatus checkpointing(String names, ReplicationConnection... connections) {
        return with(
                Facts.primaryStatus(1, 5000),
                new ServerStatus.Synchronous(names, ClientGate.OPEN, false),
                connections);
    }

    public static ServerStatus gated(String names, ReplicationConnection... connections) {
        return with(Facts.primaryStatus(1, 5000), names, ClientGate.SHUT, connections);
    }

    public static ServerStatus with(
            ServerStatus status,
            String names,
            ClientGate gate,
            ReplicationConnection... connections) {
        return with(status, new ServerStatus.Synchronous(names, gate, true), connections);
    }

    private static ServerStatus with(
            ServerStatus status,
            ServerStatus.Synchronous synchronous,
            ReplicationConnection... connections) {
        return new ServerStatus(
                status.askedAt(),
                status.inRecovery(),
                status.timeline(),
                status.written(),
                status.received(),
                status.replayed(),
                status.replayPaused(),
                status.replayTimestamp(),
                status.streaming(),
                status.history(),
                status.checkpointAfterPromote(),
                status.upstream(),
                status.slots(),
                List.of(connections),
                status.pendingRestart(),
                status.serverVersion(),
                status.postmasterStart(),
                synchronous);
    }

    /// These names have been in force for a minute, since the server had written so much.
    public static SynchronousMemory settled(String names, long written) {
        return new SynchronousMemory(
                Doubt.NONE,
                null,
                new SynchronousMemory.Sight(
                        StandbyNames.parse(names),
                        Facts.primaryStatus(1, 1).postmasterStart(),
                        Facts.ago(60),
                        Facts.lsn(written)),
                StandbyNames.parse(names).waitForNobody()
                        ? null
                        : Facts.primaryStatus(1, 1).postmasterStart(),
                new TreeMap<>());
    }
}
