package io.tamada.core.member;

import io.tamada.core.wal.Lsn;
import io.tamada.core.wal.Timeline;
import org.jspecify.annotations.Nullable;

/// A member as it has published itself in the store.
///
/// @param connUrl PostgreSQL URL of the instance, without a password.
/// @param apiUrl URL of its REST API's status document.
/// @param version dotted integers that other agents compare (Patroni's own, or the Patroni
///     version that a Tamada speaks like).
/// @param identity set by Tamada only: an id of this installation, kept beside the data
///     directory, that tells two agents of the same name apart.
/// @param walLocation primary: flushed position; standby: the higher of received and replayed.
/// @param whyNot why it says that it may not lead, in words for an operator; null when it says
///     nothing. Set by Tamada only.
/// @param checkpointAfterPromote false from promotion until the first checkpoint: rewinding from
///     this member must wait so long.
/// @param scheduledRestart a restart of its server to come, as JSON; null for none.
/// @param proxyUrl URL of a connection pool in front of the instance; null for none. For whoever
///     reads the member keys; the agents themselves do not use it.
/// @param rejoin where it stands on its way back; null when it is not on one. Set by Tamada only.
public record Member(
        MemberName name,
        String connUrl,
        String apiUrl,
        MemberState state,
        MemberRole role,
        String version,
        @Nullable String identity,
        @Nullable String whyNot,
        @Nullable Timeline timeline,
        @Nullable Lsn walLocation,
        @Nullable Lsn receivedLocation,
        @Nullable Lsn replayedLocation,
        @Nullable String replicationState,
        MemberTags tags,
        boolean checkpointAfterPromote,
        PendingRestart restart,
        boolean pause,
        @Nullable RejoinNote rejoin,
        @Nullable String scheduledRestart,
        @Nullable String proxyUrl) {

    /// Of a member that says nothing against leading.
    public Member(
            MemberName name,
            String connUrl,
            String apiUrl,
            MemberState state,
            MemberRole role,
            String version,
            @Nullable String identity,
            @Nullable Timeline timeline,
            @Nullable Lsn walLocation,
            @Nullable Lsn receivedLocation,
            @Nullable Lsn replayedLocation,
            @Nullable String replicationState,
            MemberTags tags,
            boolean checkpointAfterPromote,
            boolean pendingRestart,
            boolean pause) {
        this(
                name,
                connUrl,
                apiUrl,
                state,
                role,
                version,
                identity,
                null,
                timeline,
                walLocation,
                receivedLocation,
                replayedLocation,
                replicationState,
                tags,
                checkpointAfterPromote,
                PendingRestart.of(pendingRestart),
                pause,
                null,
                null,
                null);
    }

    public boolean pendingRestart() {
        return restart.needed();
    }

    public Member withRejoin(@Nullable RejoinNote note) {
        return new Member(
                name,
                connUrl,
                apiUrl,
                state,
                role,
                version,
                identity,
                whyNot,
                timeline,
                walLocation,
                receivedLocation,
                replayedLocation,
                replicationState,
                tags,
                checkpointAfterPromote,
                restart,
                pause,
                note,
                scheduledRestart,
                proxyUrl);
    }

    /// Whether its agent obeys the `quorum` in the `sync` key: every Tamada does, Patroni since
    /// 4.0. One below takes whoever is listed for a standby that has everything.
    public boolean knowsQuorum() {
        int point = version.indexOf('.');
        String major = point < 0 ? version : version.substring(0, point);
        return isTamada() || !major.matches("[0-3]");
    }

    /// The same member in another state.
    public Member with(MemberState other) {
        return new Member(
                name,
                connUrl,
                apiUrl,
                other,
                role,
                version,
                identity,
                whyNot,
                timeline,
                walLocation,
                receivedLocation,
                replayedLocation,
                replicationState,
                tags,
                checkpointAfterPromote,
                restart,
                pause,
                rejoin,
                scheduledRestart,
                proxyUrl);
    }

    /// Whether a Tamada runs this member; a Patroni publishes no identity.
    public boolean isTamada() {
        return identity != null;
    }
}
