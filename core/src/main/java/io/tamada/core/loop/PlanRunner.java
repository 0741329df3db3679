package io.tamada.core.loop;

import io.tamada.core.cluster.ClusterView;
import io.tamada.core.decision.Action;
import io.tamada.core.lease.LeaseTiming;
import io.tamada.core.lease.WriteDeadline;
import io.tamada.core.member.Member;
import io.tamada.core.port.ClusterStore;
import io.tamada.core.port.ClusterStore.AcquireOutcome;
import io.tamada.core.port.ClusterStore.RenewOutcome;
import io.tamada.core.port.ClusterStore.WriteOutcome;
import io.tamada.core.port.PostgresControl;
import io.tamada.core.port.TimeSource;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.quorum.SyncTransition.Doubt;
import io.tamada.core.time.Monotonic;
import io.tamada.core.time.Part;
import io.tamada.core.wal.TimelineHistory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Runs the steps of a plan in order and stops at the first that fails. The only writer of
/// {@link WriteDeadline}, together with {@link HaLoop}.
final class PlanRunner {

    /// The least time given to a call, however close the deadline is.
    private static final Duration CALL_FLOOR = Duration.ofMillis(100);

    private final ClusterStore store;
    private final PostgresControl postgres;
    private final TimeSource time;
    private final WriteDeadline deadline;
    private final Fence fence;
    private final Failsafe failsafe;
    private final Supplier<String> firstConfigJson;

    private @Nullable Monotonic provenSentAt;
    private @Nullable Monotonic sessionKeptAt;
    private @Nullable Duration sessionTtl;
    private @Nullable Member published;
    private @Nullable Monotonic publishedAt;
    private @Nullable Monotonic statusWrittenAt;
    private int unprovenRenewals;
    private Doubt syncDoubt = Doubt.EARLIER_WRITE_MAY_ARRIVE;
    private Action.@Nullable Exit exit;
    private boolean raceLost;

    PlanRunner(
            ClusterStore store,
            PostgresControl postgres,
            TimeSource time,
            WriteDeadline deadline,
            Fence fence,
            Failsafe failsafe,
            Supplier<String> firstConfigJson) {
        this.store = store;
        this.postgres = postgres;
        this.time = time;
        this.deadline = deadline;
        this.fence = fence;
        this.failsafe = failsafe;
        this.firstConfigJson = firstConfigJson;
    }

    /// What the steps need to know besides themselves.
    record Context(ClusterView view, LeaseTiming timing) {}

    /// The step that failed and why; null when all were done.
    ///
    /// @param raceLost whether that is all: somebody else has won the leader key.
    record Failure(Action action, String reason, boolean raceLost) {}

    @Nullable Failure run(List<Action> plan, Context context) {
        raceLost = false;
        for (Action action : plan) {
            String reason = step(action, context);
            if (reason != null) {
                return new Failure(
                        action, reason, action instanceof Action.AcquireLease && raceLost);
            }
        }
        return null;
    }

    int unprovenRenewals() {
        return unprovenRenewals;
    }

    /// When the lease that we hold wants its next renewal; null when we hold none.
    @Nullable Monotonic renewalDue(LeaseTiming timing) {
        Monotonic counted = Failsafe.later(provenSentAt, failsafe.roundSentAt());
        return counted == null ? null : counted.plus(timing.loopWait());
    }

    /// When the last proven renewal was sent; null when we hold no lease.
    @Nullable Monotonic provenSentAt() {
        return provenSentAt;
    }

    @Nullable Monotonic statusWrittenAt() {
        return statusWrittenAt;
    }

    /// Whether a write of the `sync` key may still be under way.
    Doubt syncDoubt() {
        return syncDoubt;
    }

    @Nullable Member published() {
        return published;
    }

    Action.@Nullable Exit exit() {
        return exit;
    }

    void forgetExit() {
        exit = null;
    }

    /// The leader key is gone. What the others have consented to outlives it, and no more than
    /// that; the next reading tells whether somebody leads in spite of it.
    void lostKey() {
        if (!failsafe.limit(time.now())) {
            revoke();
            return;
        }
        // The key is gone already: a rung that does not confirm changes nothing about that.
        String _ = fence.limited();
    }

    /// Leadership was seen to be lost.
    void revoke() {
        deadline.revoke();
        failsafe.revoke();
        provenSentAt = null;
        unprovenRenewals = 0;
    }

    private @Nullable String step(Action action, Context context) {
        Duration timeout = timeout(context.timing());
        return switch (action) {
            case Action.KeepSession() -> keepSession(context, timeout);
            case Action.RenewLease() -> renew(context, timeout);
            case Action.AcquireLease() -> {
                String refusal = mayNotClaim(context);
                yield refusal != null
                        ? refusal
                        : acquired(
                                store.acquireLeadership(
                                        context.view(), context.timing().ttl(), timeout),
                                context);
            }
            case Action.AdoptLease() -> {
                String refusal = mayNotClaim(context);
                yield refusal != null
                        ? refusal
                        : acquired(
                                store.adoptLeadership(
                                        context.view(), context.timing().ttl(), timeout),
                                context);
            }
            case Action.ReleaseLease _ -> release(timeout);
            case Action.PublishMember(Member member) -> publish(member, context, timeout);
            case Action.ClaimInitialization() -> written(store.claimInitialization(timeout));
            case Action.CompleteInitialization(var system) ->
                    written(store.completeInitialization(system, timeout));
            case Action.AbandonInitialization() -> written(store.abandonInitialization(timeout));
            case Action.ClaimRebuild() -> written(store.claimRebuild(timeout));
            case Action.ReleaseRebuild() -> written(store.releaseRebuild(timeout));
            case Action.CreateConfig() -> createConfig(timeout);
            case Action.WriteStatus(var status) -> {
                String failure = written(store.writeStatus(status, timeout));
                statusWrittenAt = failure == null ? time.now() : null;
                yield failure;
            }
            case Action.WriteSync(var state) -> {
                WriteOutcome outcome =
                        store.writeSync(state, context.view().syncRevision(), timeout);
                syncDoubt =
                        switch (outcome) {
                            case WriteOutcome.Done _ -> Doubt.NONE;
                            case WriteOutcome.Refused _ -> syncDoubt;
                            case WriteOutcome.Unknown _ -> Doubt.EARLIER_WRITE_MAY_ARRIVE;
                        };
                yield written(outcome);
            }
            case Action.WriteHistory(var history) ->
                    written(store.writeHistory(stamped(history), timeout));
            case Action.ClaimTimeline(var timeline) ->
                    written(store.claimTimeline(timeline, timeout));
            case Action.ClearFailover(long revision) ->
                    written(store.clearFailover(revision, timeout));
            case Action.WriteFailsafe(var urls) -> {
                long seen = context.view().failsafe().revision();
                failsafe.writing(urls, seen);
                yield written(store.writeFailsafe(urls, seen, timeout));
            }
            case Action.AskFailsafe(var call, var others) -> {
                Duration left = timeout(context.timing(), 1);
                if (failsafe.ask(call, others, context.timing(), left)) {
                    fence.extended(postgres.observe());
                }
                yield null;
            }
            case Action.Instance(PostgresCommand command) -> instance(command);
            case Action.Exit wanted -> {
                exit = wanted;
                yield null;
            }
        };
    }

    /// Why the leader key may not be asked for now; null when it may.
    private @Nullable String mayNotClaim(Context context) {
        String promised = failsafe.claim();
        return promised != null
                ? promised
                : fence.beforeClaim(
                        postgres.observe(),
                        new WriteDeadline.Term(
                                time.now().plus(context.timing().ttl()), context.timing()));
    }

    /// No call may take so long that the loop misses the moment to stop the server; and none to a
    /// store that is silent may use up the time in which the others can be asked for consent.
    Duration timeout(LeaseTiming timing) {
        return timeout(timing, failsafe.canAsk() ? 2 : 1);
    }

    /// @param shares into how many parts the time that is left is divided; one is for this call.
    private Duration timeout(LeaseTiming timing, int shares) {
        Duration usual = Part.half(timing.retryTimeout());
        WriteDeadline.Term term = deadline.current();
        if (term == null) {
            return usual;
        }
        Duration left =
                Part.of(time.now().until(term.timing().demoteBy(term.mayWriteUntil())), shares);
        if (left.compareTo(CALL_FLOOR) < 0) {
            return CALL_FLOOR;
        }
        return left.compareTo(usual) < 0 ? left : usual;
    }

    private @Nullable String keepSession(Context context, Duration timeout) {
        Monotonic now = time.now();
        Duration ttl = context.timing().ttl();
        if (ttl.equals(sessionTtl) && isFresh(sessionKeptAt, now, context.timing())) {
            return null;
        }
        String failure = written(store.keepSession(ttl, timeout));
        sessionKeptAt = failure == null ? now : null;
        sessionTtl = ttl;
        return failure;
    }

    private @Nullable String renew(Context context, Duration timeout) {
        Duration wanted = context.timing().ttl();
        WriteDeadline.Term term = deadline.current();
        // The old lease runs out by its old ttl, however rarely the new timing wants to renew.
        boolean sameTtl = term != null && term.timing().ttl().equals(wanted);
        if (sameTtl
                && unprovenRenewals == 0
                && isFresh(provenSentAt, time.now(), context.timing())) {
            return null;
        }
        if (term != null && wanted.compareTo(term.timing().ttl()) < 0) {
            deadline.limit(time.now().plus(wanted), context.timing());
            String unfenced = fence.limited();
            if (unfenced != null) {
                return unfenced;
            }
        }
        return switch (store.renewLeadership(wanted, timeout)) {
            case RenewOutcome.Renewed(Monotonic sentAt, Duration ttl) -> {
                proven(sentAt, ttl, context.timing());
                yield null;
            }
            case RenewOutcome.Lost(String reason) -> {
                lostKey();
                yield reason;
            }
            case RenewOutcome.Unknown(String reason) -> {
                unprovenRenewals++;
                yield reason;
            }
        };
    }

    private @Nullable String acquired(AcquireOutcome outcome, Context context) {
        return switch (outcome) {
            case AcquireOutcome.Acquired(Monotonic sentAt, Duration ttl) -> {
                proven(sentAt, ttl, context.timing());
                yield null;
            }
            case AcquireOutcome.Refused(String reason) -> {
                raceLost = true;
                yield reason;
            }
            case AcquireOutcome.Unknown(String reason) -> reason;
        };
    }

    private void proven(Monotonic sentAt, Duration ttl, LeaseTiming timing) {
        Duration good = ttl.compareTo(timing.ttl()) < 0 ? ttl : timing.ttl();
        deadline.extend(sentAt.plus(good), timing);
        provenSentAt = sentAt;
        sessionKeptAt = sentAt;
        sessionTtl = ttl;
        unprovenRenewals = 0;
        failsafe.renewed();
        fence.extended(postgres.observe());
    }

    /// A server that may accept writes keeps its lease: the rules do not ask for this, and if
    /// they did it would be refused here.
    private @Nullable String release(Duration timeout) {
        if (postgres.observe().mayBePrimary()) {
            return "the server may still be a primary";
        }
        revoke();
        return written(store.releaseLeadership(timeout));
    }

    /// Positions change all the time; the others are woken by every write, so a record in which
    /// only positions have changed waits for its turn. One that the store does not show is written.
    private @Nullable String publish(Member member, Context context, Duration timeout) {
        Monotonic now = time.now();
        boolean shown = context.view().member(member.name()) != null;
        if (published != null
                && shown
                && withoutPositions(member).equals(withoutPositions(published))
                && isFresh(publishedAt, now, context.timing())) {
            return null;
        }
        String failure = written(store.publishMember(member, timeout));
        if (failure == null) {
            published = member;
            publishedAt = now;
        }
        return failure;
    }

    private static Member withoutPositions(Member member) {
        return new Member(
                member.name(),
                member.connUrl(),
                member.apiUrl(),
                member.state(),
                member.role(),
                member.version(),
                member.identity(),
                member.whyNot(),
                member.timeline(),
                null,
                null,
                null,
                member.replicationState(),
                member.tags(),
                member.checkpointAfterPromote(),
                member.restart(),
                member.pause(),
                member.rejoin(),
                member.scheduledRestart(),
                member.proxyUrl());
    }

    /// Whether something done at `at` need not be done again yet: a wake-up between two turns is
    /// no reason to.
    private static boolean isFresh(@Nullable Monotonic at, Monotonic now, LeaseTiming timing) {
        return at != null && now.isBefore(at.plus(Part.half(timing.loopWait())));
    }

    private @Nullable String createConfig(Duration timeout) {
        return switch (store.createConfig(firstConfigJson.get(), timeout)) {
            // Somebody else's configuration is as good: the first one counts.
            case WriteOutcome.Done _, WriteOutcome.Refused _ -> null;
            case WriteOutcome.Unknown(String reason) -> reason;
        };
    }

    private TimelineHistory stamped(TimelineHistory history) {
        List<TimelineHistory.Entry> entries = new ArrayList<>(history.entries());
        if (!entries.isEmpty() && entries.getLast().at() == null) {
            TimelineHistory.Entry last = entries.removeLast();
            entries.add(
                    new TimelineHistory.Entry(
                            last.timeline(),
                            last.switchPoint(),
                            last.reason(),
                            time.wallTime(),
                            last.newLeader()));
        }
        return new TimelineHistory(entries);
    }

    private @Nullable String instance(PostgresCommand command) {
        boolean needsLease =
                command instanceof PostgresCommand.Promote
                        || command instanceof PostgresCommand.StartAsPrimary;
        if (needsLease) {
            String refusal = whyNoPrimary();
            if (refusal != null) {
                return refusal;
            }
        }
        return switch (postgres.begin(command)) {
            case PostgresControl.Begun.Accepted() -> null;
            case PostgresControl.Begun.Refused(String reason) -> reason;
        };
    }

    /// Whoever makes a primary has a lease for it and has told those who would end it. That takes
    /// a moment, so the lease is looked at again.
    private @Nullable String whyNoPrimary() {
        String promised = failsafe.claim();
        if (promised != null) {
            return promised;
        }
        String unfenced = deadline.covers(time.now()) ? fence.beforePrimary() : null;
        if (unfenced != null) {
            return unfenced;
        }
        return deadline.covers(time.now()) ? null : "the lease does not cover this moment";
    }

    private static @Nullable String written(WriteOutcome outcome) {
        return switch (outcome) {
            case WriteOutcome.Done() -> null;
            case WriteOutcome.Refused(String reason) -> reason;
            case WriteOutcome.Unknown(String reason) -> reason;
        };
    }
}
