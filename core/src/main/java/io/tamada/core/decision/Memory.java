package io.tamada.core.decision;

import io.tamada.core.rejoin.Climb;
import io.tamada.core.slot.SlotMemory;
import io.tamada.core.time.Monotonic;
import io.tamada.core.wal.Timeline;
import org.jspecify.annotations.Nullable;

/// What the loop remembers from one observation to the next, because the world does not show it.
///
/// @param startedAt when this agent began.
/// @param everRead whether the store has ever answered this agent.
/// @param primaryDownSince since when we hold the lease without a server that answers; null
///     otherwise.
/// @param uninitializedSince since when the store has shown no `initialize` key; null otherwise.
/// @param slots what is remembered of replication slots.
/// @param unprovenRenewals renewals in a row that were not proven; zero after a proven one.
/// @param divergedFrom the leader's timeline that our WAL was seen to have left while the server
///     ran; null when it was not, or has been repaired since.
/// @param statusWrittenAt when this agent last wrote the `status` key; null when it has not.
/// @param raceBarredUntil no race before this instant, because promotion or start has just failed
///     here.
/// @param synchronous what a synchronous leader remembers.
/// @param storageTroubleSeenAt since when this loop has seen the storage in trouble at every turn;
///     null when the last one found nothing.
/// @param climb what was tried on the way back.
public record Memory(
        Monotonic startedAt,
        boolean everRead,
        @Nullable Monotonic primaryDownSince,
        @Nullable Monotonic uninitializedSince,
        SlotMemory slots,
        int unprovenRenewals,
        @Nullable Timeline divergedFrom,
        @Nullable Monotonic statusWrittenAt,
        @Nullable Monotonic raceBarredUntil,
        @Nullable Monotonic storageTroubleSeenAt,
        SynchronousMemory synchronous,
        Climb climb) {

    public static Memory fresh(Monotonic startedAt) {
        return new Memory(
                startedAt,
                false,
                null,
                null,
                SlotMemory.NONE,
                0,
                null,
                null,
                null,
                null,
                SynchronousMemory.FRESH,
                Climb.NONE);
    }

    public Memory withEverRead(boolean everRead) {
        return new Memory(
                startedAt,
                everRead,
                primaryDownSince,
                uninitializedSince,
                slots,
                unprovenRenewals,
                divergedFrom,
                statusWrittenAt,
                raceBarredUntil,
                storageTroubleSeenAt,
                synchronous,
                climb);
    }

    public Memory withPrimaryDownSince(@Nullable Monotonic primaryDownSince) {
        return new Memory(
                startedAt,
                everRead,
                primaryDownSince,
                uninitializedSince,
                slots,
                unprovenRenewals,
                divergedFrom,
                statusWrittenAt,
                raceBarredUntil,
                storageTroubleSeenAt,
                synchronous,
                climb);
    }

    public Memory withUninitializedSince(@Nullable Monotonic uninitializedSince) {
        return new Memory(
                startedAt,
                everRead,
                primaryDownSince,
                uninitializedSince,
                slots,
                unprovenRenewals,
                divergedFrom,
                statusWrittenAt,
                raceBarredUntil,
                storageTroubleSeenAt,
                synchronous,
                climb);
    }

    public Memory withSlots(SlotMemory slots) {
        return new Memory(
                startedAt,
                everRead,
                primaryDownSince,
                uninitializedSince,
                slots,
                unprovenRenewals,
                divergedFrom,
                statusWrittenAt,
                raceBarredUntil,
                storageTroubleSeenAt,
                synchronous,
                climb);
    }

    public Memory withUnprovenRenewals(int unprovenRenewals) {
        return new Memory(
                startedAt,
                everRead,
                primaryDownSince,
                uninitializedSince,
                slots,
                unprovenRenewals,
                divergedFrom,
                statusWrittenAt,
                raceBarredUntil,
                storageTroubleSeenAt,
                synchronous,
                climb);
    }

    public Memory withDivergedFrom(@Nullable Timeline divergedFrom) {
        return new Memory(
                startedAt,
                everRead,
                primaryDownSince,
                uninitializedSince,
                slots,
                unprovenRenewals,
                divergedFrom,
                statusWrittenAt,
                raceBarredUntil,
                storageTroubleSeenAt,
                synchronous,
                climb);
    }

    public Memory withStatusWrittenAt(@Nullable Monotonic statusWrittenAt) {
        return new Memory(
                startedAt,
                everRead,
                primaryDownSince,
                uninitializedSince,
                slots,
                unprovenRenewals,
                divergedFrom,
                statusWrittenAt,
                raceBarredUntil,
                storageTroubleSeenAt,
                synchronous,
                climb);
    }

    public Memory withRaceBarredUntil(@Nullable Monotonic raceBarredUntil) {
        return new Memory(
                startedAt,
                everRead,
                primaryDownSince,
                uninitializedSince,
                slots,
                unprovenRenewals,
                divergedFrom,
                statusWrittenAt,
                raceBarredUntil,
                storageTroubleSeenAt,
                synchronous,
                climb);
    }

    public Memory withStorageTroubleSeenAt(@Nullable Monotonic storageTroubleSeenAt) {
        return new Memory(
                startedAt,
                everRead,
                primaryDownSince,
                uninitializedSince,
                slots,
                unprovenRenewals,
                divergedFrom,
                statusWrittenAt,
                raceBarredUntil,
                storageTroubleSeenAt,
                synchronous,
                climb);
    }

    public Memory withSynchronous(SynchronousMemory synchronous) {
        return new Memory(
                startedAt,
                everRead,
                primaryDownSince,
                uninitializedSince,
                slots,
                unprovenRenewals,
                divergedFrom,
                statusWrittenAt,
                raceBarredUntil,
                storageTroubleSeenAt,
                synchronous,
                climb);
    }

    public Memory withClimb(Climb climb) {
        return new Memory(
                startedAt,
                everRead,
                primaryDownSince,
                uninitializedSince,
                slots,
                unprovenRenewals,
                divergedFrom,
                statusWrittenAt,
                raceBarredUntil,
                storageTroubleSeenAt,
                synchronous,
                climb);
    }
}
