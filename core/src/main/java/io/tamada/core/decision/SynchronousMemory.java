package io.tamada.core.decision;

import io.tamada.core.cluster.SyncState;
import io.tamada.core.member.MemberName;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.StandbyNames;
import io.tamada.core.quorum.SyncCandidates;
import io.tamada.core.quorum.SyncTransition.Doubt;
import io.tamada.core.quorum.SyncTransition.Reach;
import io.tamada.core.time.Monotonic;
import io.tamada.core.wal.Lsn;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What a leader remembers of its synchronous replication from one turn to the next.
///
/// Whether commits wait at all, once they waited for nobody, is not what the sessions have read in
/// the configuration: it is a flag in shared memory, and the checkpointer alone sets it, when it
/// reads the configuration anew. During an immediate checkpoint, as after a promotion, and while
/// it syncs files it does not (PostgreSQL: SyncRepWaitForLSN, CheckpointWriteDelay). Until then
/// commits return at once, whatever names are in force.
///
/// @param doubt whether a write of the `sync` key may still be under way; so it is for an agent
///     that has just started, for its former life may have sent one.
/// @param command names that were sent to the server and cannot be in force everywhere yet.
/// @param sight the names that the server has been seen to have in force, since when, and how far
///     it had written then.
/// @param listening the run of the server whose checkpointer has been seen to know that commits
///     wait for somebody; null when none has, or commits have ceased to wait since.
/// @param missingSince by name in lower case, since when a published standby does not stream.
public record SynchronousMemory(
        Doubt doubt,
        @Nullable Command command,
        @Nullable Sight sight,
        @Nullable String listening,
        SortedMap<String, Monotonic> missingSince) {

    /// How long the processes of a server may take to hear of a changed setting. They are told by
    /// a signal and act on it at once, unless they wait for a processor; Patroni gives them a
    /// tenth of a second.
    static final Duration SETTLING = Duration.ofMillis(250);

    public record Command(StandbyNames names, Monotonic at) {}

    /// @param life tells one run of the server from another.
    public record Sight(StandbyNames names, String life, Monotonic since, Lsn written) {}

    public static final SynchronousMemory FRESH =
            new SynchronousMemory(
                    Doubt.EARLIER_WRITE_MAY_ARRIVE, null, null, null, Collections.emptySortedMap());

    public SynchronousMemory {
        missingSince = Collections.unmodifiableSortedMap(new TreeMap<>(missingSince));
    }

    public SynchronousMemory withDoubt(Doubt value) {
        return new SynchronousMemory(value, command, sight, listening, missingSince);
    }

    /// After names may have been sent to the server: what it said before does not count any more.
    public SynchronousMemory planned(List<Action> plan, Monotonic at) {
        SynchronousMemory memory = this;
        for (Action action : plan) {
            if (action
                    instanceof
                    Action.Instance(
                            PostgresCommand.SetSynchronousStandbys(StandbyNames names, _))) {
                memory =
                        new SynchronousMemory(
                                doubt,
                                new Command(names, at),
                                null,
                                names.waitForNobody() ? null : memory.listening,
                                missingSince);
            }
        }
        return memory;
    }

    /// After a look at the server and at the store.
    public SynchronousMemory seen(
            MemberName self, @Nullable SyncState published, @Nullable ServerStatus status) {
        if (status == null || status.inRecovery()) {
            return new SynchronousMemory(
                    doubt,
                    command,
                    null,
                    status == null ? listening : null,
                    Collections.emptySortedMap());
        }
        SortedMap<String, Monotonic> missing = new TreeMap<>();
        if (published != null && published.isLeader(self)) {
            for (String standby : published.standbys()) {
                if (SyncCandidates.flushed(status, standby) == null) {
                    String name = standby.toLowerCase(Locale.ROOT);
                    missing.put(name, missingSince.getOrDefault(name, status.askedAt()));
                }
            }
        }
        boolean early = command != null && status.askedAt().isBefore(command.at().plus(SETTLING));
        if (early) {
            return new SynchronousMemory(doubt, command, null, listening, missing);
        }
        StandbyNames names = StandbyNames.parse(status.synchronous().standbyNames());
        if (!names.waitForNobody() && !status.postmasterStart().equals(listening)) {
            // What has been written counts from the answer after this one.
            return new SynchronousMemory(
                    doubt,
                    null,
                    null,
                    status.synchronous().checkpointerListens() ? status.postmasterStart() : null,
                    missing);
        }
        boolean same =
                sight != null
                        && sight.names().equals(names)
                        && sight.life().equals(status.postmasterStart());
        Sight now =
                same
                        ? sight
                        : new Sight(
                                names,
                                status.postmasterStart(),
                                status.askedAt(),
                                status.position());
        return new SynchronousMemory(
                doubt, null, now, names.waitForNobody() ? null : listening, missing);
    }

    /// The names by which commits are, or are about to be, acknowledged.
    StandbyNames inForce(ServerStatus status) {
        return command == null
                ? StandbyNames.parse(status.synchronous().standbyNames())
                : command.names();
    }

    Reach reach(ServerStatus status) {
        return sight != null && !status.askedAt().isBefore(sight.since().plus(SETTLING))
                ? Reach.EVERYWHERE
                : Reach.SOME_PROCESSES;
    }

    /// The standbys, in lower case, that have everything that was written when the names came into
    /// force.
    Set<String> caughtUp(ServerStatus status) {
        Set<String> caughtUp = new TreeSet<>();
        if (sight == null) {
            return caughtUp;
        }
        for (ServerStatus.ReplicationConnection connection : status.replication()) {
            String name = connection.applicationName();
            Lsn flushed = SyncCandidates.flushed(status, name);
            // Without a priority the process that serves it has not heard of its name yet.
            if (flushed != null
                    && !flushed.isBefore(sight.written())
                    && (connection.syncPriority() > 0 || sight.names().waitForNobody())) {
                caughtUp.add(name.toLowerCase(Locale.ROOT));
            }
        }
        return caughtUp;
    }

    /// Published standbys that may still come back before they are given up.
    Set<String> awaited(Monotonic now, Duration patience) {
        Set<String> awaited = new TreeSet<>();
        missingSince.forEach(
                (name, since) -> {
                    if (now.isBefore(since.plus(patience))) {
                        awaited.add(name);
                    }
                });
        return awaited;
    }
}
