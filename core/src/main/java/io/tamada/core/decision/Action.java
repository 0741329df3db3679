package io.tamada.core.decision;

import io.tamada.core.cluster.ClusterStatus;
import io.tamada.core.cluster.SyncState;
import io.tamada.core.cluster.SystemIdentifier;
import io.tamada.core.failsafe.FailsafeCall;
import io.tamada.core.member.Member;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.wal.Timeline;
import io.tamada.core.wal.TimelineHistory;
import java.util.SortedMap;

/// One step of a plan. A plan stops at its first step that fails; then the loop observes again.
public sealed interface Action {

    /// Keeps our member key alive without a claim to leadership.
    record KeepSession() implements Action {}

    /// Renews the leader lease; only a proven answer moves the deadline.
    record RenewLease() implements Action {}

    /// Tries to win the vacant leader key.
    record AcquireLease() implements Action {}

    /// Takes back the leader key of an earlier life of this agent.
    record AdoptLease() implements Action {}

    /// Gives the leader key away; only when the server is down or in recovery.
    record ReleaseLease(String reason) implements Action {}

    record PublishMember(Member member) implements Action {}

    record ClaimInitialization() implements Action {}

    record CompleteInitialization(SystemIdentifier system) implements Action {}

    record AbandonInitialization() implements Action {}

    /// Takes the turn of the one member that may replace its data.
    record ClaimRebuild() implements Action {}

    record ReleaseRebuild() implements Action {}

    /// Writes the first dynamic configuration, from the bootstrap settings.
    record CreateConfig() implements Action {}

    /// Writes the `sync` key over the reading that this was decided on; a state without a leader
    /// removes it.
    record WriteSync(SyncState state) implements Action {}

    record WriteStatus(ClusterStatus status) implements Action {}

    record WriteHistory(TimelineHistory history) implements Action {}

    /// Takes a number for the timeline that is about to begin, so that no other promotion uses it.
    record ClaimTimeline(Timeline timeline) implements Action {}

    /// Takes a request for another leader back, as it was seen.
    record ClearFailover(long seenRevision) implements Action {}

    /// Names those whose consent keeps a leader that has lost the store.
    record WriteFailsafe(SortedMap<String, String> urls) implements Action {}

    /// Asks the others to consent to our leading without a store; if all do, the deadline moves
    /// as by a proven renewal. Does not fail the plan.
    record AskFailsafe(FailsafeCall call, SortedMap<String, String> others) implements Action {}

    /// Something asked of the local instance.
    record Instance(PostgresCommand command) implements Action {}

    /// Ends the agent. A server that may be a primary under our lease is stopped in order before
    /// that, and the lease given away; any other is left as it is at that moment.
    record Exit(int code, String reason) implements Action {}
}
