package io.tamada.core.loop;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.cluster.SlotSettings;
import io.tamada.core.decision.Action;
import io.tamada.core.decision.Climbing;
import io.tamada.core.decision.Decider;
import io.tamada.core.decision.Decision;
import io.tamada.core.decision.Memory;
import io.tamada.core.decision.Observation;
import io.tamada.core.decision.Outage;
import io.tamada.core.decision.RuleId;
import io.tamada.core.decision.Wish;
import io.tamada.core.failover.PeerReport;
import io.tamada.core.lease.LeaderLease;
import io.tamada.core.lease.LeaseTiming;
import io.tamada.core.lease.WriteDeadline;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberProfile;
import io.tamada.core.order.OrderBoard;
import io.tamada.core.port.ClusterStore;
import io.tamada.core.port.ClusterStore.ReadOutcome;
import io.tamada.core.port.Fencing;
import io.tamada.core.port.LoopJournal;
import io.tamada.core.port.PeerProbe;
import io.tamada.core.port.PostgresControl;
import io.tamada.core.port.TimeSource;
import io.tamada.core.postgres.LocalPostgres;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.ServerProcess;
import io.tamada.core.slot.SlotCopying;
import io.tamada.core.slot.SlotMemory;
import io.tamada.core.time.Monotonic;
import io.tamada.core.wal.Timeline;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The whole program: observe, decide, run the plan, publish what is known, say how long to
/// sleep.
///
/// One thread calls `tick`; whoever knows that the world has changed only shortens its sleep. Not
/// thread-safe, except for {@link #requestShutdown()}.
public final class HaLoop {

    /// What a peer gets to answer in a race, as in Patroni.
    private static final Duration PEER_TIMEOUT = Duration.ofSeconds(2);

    /// A primary that has lost its lease takes it back or goes down; it cannot wait that long for
    /// a peer that is gone.
    private static final Duration PRIMARY_PEER_TIMEOUT = Duration.ofMillis(250);

    /// Between ticks whose plan has failed, or which repeat a rule that wants to go on at once.
    private static final Duration RETRY_PAUSE = Duration.ofMillis(100);

    /// So many turns may follow each other at once when each has another rule; two rules that
    /// hand the turn to each other for ever must not spin either.
    private static final int HURRIED_LIMIT = 10;

    private static final Duration RETRY_PAUSE_LIMIT = Duration.ofSeconds(1);

    private static final Duration NEWS_PAUSE = Duration.ofMillis(50);

    /// The doors to the world.
    public record Ports(
            ClusterStore store,
            PostgresControl postgres,
            PeerProbe peers,
            Fencing fencing,
            OutagePorts outage,
            OrderBoard orders,
            TimeSource time,
            LoopJournal journal) {}

    private final Ports ports;
    private final Supplier<MemberProfile> profile;
    private final UnaryOperator<ClusterConfig> localSettings;
    private final WriteDeadline deadline;
    private final SnapshotBoard board;
    private final PlanRunner runner;
    private final Fence fence;
    private final Failsafe failsafe;
    private final RecordKeeper records;
    private final LostKeys lostKeys = new LostKeys();
    private final RequestWatch requests;
    private final OrderWatch orders;

    private volatile Wish wish = Wish.RUN;
    private Memory memory;
    private @Nullable ClusterView lastView;
    private @Nullable Monotonic lastViewAt;
    private final ClusterConfig bootstrap;
    private @Nullable ClusterConfig configured;
    private @Nullable MemberName lastLeader;
    private List<Member> companions = List.of();
    private @Nullable RuleId lastRule;
    private @Nullable LeaseTiming lastTiming;
    private @Nullable String lastMissing;
    private Action.@Nullable Exit exitOnceStopped;
    private int hurriedTicks;
    private int hurriedInARow;
    private long ticks;
    private long leaderChanges;

    /// @param profile what this agent says of itself; asked at every tick, since a reload may
    ///     change it.
    /// @param localSettings merges the local configuration file over the dynamic configuration.
    /// @param bootstrap the first dynamic configuration, should this agent create the cluster; it
    ///     counts while the store has none, so that the first server already starts with it.
    public HaLoop(
            Ports ports,
            Supplier<MemberProfile> profile,
            UnaryOperator<ClusterConfig> localSettings,
            ClusterConfig bootstrap,
            WriteDeadline deadline,
            SnapshotBoard board) {
        this.ports = ports;
        this.profile = profile;
        this.localSettings = localSettings;
        this.bootstrap = bootstrap;
        this.deadline = deadline;
        this.board = board;
        this.fence = new Fence(ports.fencing(), deadline);
        this.failsafe = new Failsafe(ports.outage(), ports.time(), deadline);
        this.requests = new RequestWatch(ports.time());
        this.orders = new OrderWatch(ports.orders());
        this.records = new RecordKeeper(ports.outage(), ports.time().now());
        this.runner =
                new PlanRunner(
                        ports.store(),
                        ports.postgres(),
                        ports.time(),
                        deadline,
                        fence,
                        failsafe,
                        () -> firstConfig().json());
        this.memory = Memory.fresh(ports.time().now());
    }

    /// From the next tick on, the server is stopped and leadership handed over. Any thread.
    public void requestShutdown() {
        wish = Wish.SHUT_DOWN;
    }

    /// Set once a decision has asked to end the agent.
    public Action.@Nullable Exit exit() {
        Action.Exit last = runner.exit();
        return last != null && exitOnceStopped != null ? exitOnceStopped : last;
    }

    /// Who holds the lease over a server that may be a primary does not just end: the lease would
    /// run out under a server that nobody watches, and another primary would appear beside it.
    private void endInOrder(Observation seen) {
        Action.Exit wanted = runner.exit();
        boolean lastPrimary =
                seen.lease() instanceof LeaderLease.Held
                        && ports.postgres().observe().mayBePrimary();
        if (wanted != null && wish == Wish.RUN && lastPrimary) {
            exitOnceStopped = wanted;
            runner.forgetExit();
            wish = Wish.SHUT_DOWN;
        }
    }

    /// One turn.
    ///
    /// @return how long to sleep at most before the next one.
    public Duration tick() {
        Monotonic began = ports.time().now();
        MemberProfile self = profile.get();
        ports.outage().board().observed(ports.postgres().observe().mayBePrimary());
        ReadOutcome read = ports.store().read(runner.timeout(timing(self)));
        Observation seen = observe(read, began, self);
        if (seen.view() != null && !seen.timing().equals(lastTiming)) {
            lastTiming = seen.timing();
            ports.journal().timingChanged(seen.timing(), seen.config());
        }
        Decision decision = Decider.decide(seen);
        if (seen.postgres().operation() instanceof Operation.Failed failed) {
            ports.journal().knows(failed.reason());
        }
        ports.journal().decided(decision);
        PlanRunner.Failure failure =
                runner.run(
                        decision.plan(),
                        new PlanRunner.Context(
                                seen.view() == null ? ClusterView.EMPTY : seen.view(),
                                seen.timing()));
        if (failure != null && failure.raceLost()) {
            ports.journal().raceLost(failure.reason());
        } else if (failure != null) {
            ports.journal().failed(failure.action(), failure.reason());
        }
        tellFencing();
        requests.decided(seen, decision);
        orders.decided(decision, seen.postgres(), seen.now());
        endInOrder(seen);
        remember(seen, decision, failure);
        publish(seen, decision);
        if (runner.exit() != null) {
            records.release(ports.time().now());
        }
        Duration sleep = sleep(seen, began, decision, failure);
        // What has just begun is news for the others: they hear it in the next turn.
        return hasBegunOperation(seen) && sleep.compareTo(NEWS_PAUSE) > 0 ? NEWS_PAUSE : sleep;
    }

    private void tellFencing() {
        String missing = fence.missing();
        if (!Objects.equals(missing, lastMissing)) {
            lastMissing = missing;
            ports.journal().fencing(missing);
        }
    }

    /// What counts while the store has no configuration: the one it had when it knew the cluster
    /// whose data are here, or the one to create a cluster with.
    private ClusterConfig firstConfig() {
        ClusterConfig lost = records.lostConfig(ports.postgres().observe().directory());
        return lost == null ? bootstrap : lost;
    }

    private LeaseTiming timing(MemberProfile self) {
        ClusterConfig config = configured == null ? ClusterConfig.DEFAULTS : configured;
        return config.timing(
                lastView == null
                        ? ClusterConfig.Company.WITH_PATRONI
                        : lastView.company(self.name()));
    }

    private Observation observe(ReadOutcome read, Monotonic askedAt, MemberProfile self) {
        ClusterView view = null;
        String storeFailure = null;
        boolean holdsInitialization = false;
        switch (read) {
            case ReadOutcome.View(ClusterView fresh, _, boolean claim) -> {
                Monotonic readAt = ports.time().now();
                ClusterView trusted =
                        records.trusted(fresh, deadline.covers(readAt), timing(self), readAt);
                holdsInitialization = claim;
                lastViewAt = askedAt;
                ClusterConfig wanted =
                        withFeedback(
                                localSettings.apply(
                                        fresh.config() == null ? firstConfig() : fresh.config()),
                                trusted,
                                self);
                view =
                        lostKeys.complete(
                                trusted,
                                wanted.synchronous().isOn(),
                                records.doubt().since() != null);
                lastView = view;
                if (!wanted.equals(configured)) {
                    configured = wanted;
                    ports.postgres().configure(wanted);
                }
                noteMembers(view, self);
                failsafe.seen(view);
            }
            case ReadOutcome.Unreachable(String reason) -> {
                storeFailure = reason;
                if (configured == null) {
                    rememberConfig(self);
                }
            }
        }
        LocalPostgres postgres = ports.postgres().observe();
        tellConsent(read, postgres);
        LeaderLease lease = lease(read, self);
        ClusterConfig config = configured == null ? ClusterConfig.DEFAULTS : configured;
        fence.observed(postgres, config.pause());
        records.observed(view, lastView, self, config, timing(self), ports.time().now());
        List<PeerReport> peers =
                requests.needsPeers(view, postgres, self.name(), records.doubt())
                        ? ports.peers().ask(companions, peerTimeout(postgres))
                        : List.of();
        records.heard(peers);
        Monotonic now = ports.time().now();
        memory =
                refreshed(view, lease, postgres, self, now)
                        .withSynchronous(
                                memory.synchronous()
                                        .withDoubt(runner.syncDoubt())
                                        .seen(
                                                self.name(),
                                                view == null ? null : view.sync(),
                                                postgres.status()));
        return new Observation(
                now,
                self,
                wish,
                view,
                storeFailure,
                holdsInitialization,
                config,
                timing(self),
                lease,
                postgres,
                ports.fencing().observe(),
                outage(config, self, now),
                requests.observed(view, now),
                orders.observed(postgres, now),
                peers,
                memory);
    }

    /// A store that is away when the agent begins: what it said last of the cluster whose data are
    /// here counts until it answers.
    private void rememberConfig(MemberProfile self) {
        ClusterConfig last = records.lostConfig(ports.postgres().observe().directory());
        if (last != null) {
            ClusterConfig wanted = localSettings.apply(last);
            if (SlotCopying.mayNeedFeedback(self.tags(), wanted)) {
                wanted = wanted.withSlots(wanted.slots().withFeedback(true));
            }
            configured = wanted;
            ports.postgres().configure(wanted);
        }
    }

    private static ClusterConfig withFeedback(
            ClusterConfig config, ClusterView view, MemberProfile self) {
        return SlotCopying.needsFeedback(self.name(), self.tags(), view, config)
                ? config.withSlots(config.slots().withFeedback(true))
                : config;
    }

    private Outage outage(ClusterConfig config, MemberProfile self, Monotonic now) {
        return failsafe.outage(
                now,
                records.barredUntil(),
                records.record(),
                failsafe.voters(config, lastView, self.name()),
                runner.provenSentAt(),
                records.doubt());
    }

    /// Whether this member may lead is told to those who ask for its consent before anything else
    /// is looked at.
    private void tellConsent(ReadOutcome read, LocalPostgres postgres) {
        boolean mayBePrimary = postgres.mayBePrimary();
        ports.outage().board().observed(mayBePrimary);
        if (!mayBePrimary && read instanceof ReadOutcome.View(_, boolean holds, _) && !holds) {
            ports.outage().board().unclaim();
        }
    }

    /// The one place where belief in leadership is formed.
    private LeaderLease lease(ReadOutcome read, MemberProfile self) {
        Monotonic now = ports.time().now();
        WriteDeadline.Term term = deadline.current();
        switch (read) {
            case ReadOutcome.View(ClusterView view, boolean holdsLeaderKey, _) -> {
                if (holdsLeaderKey) {
                    // Ours, but if no renewal was proven yet, there is nothing to write under.
                    return new LeaderLease.Held(term == null ? now : term.mayWriteUntil());
                }
                if (view.leader() == null) {
                    if (term != null) {
                        runner.lostKey();
                    }
                    return new LeaderLease.Vacant();
                }
                if (term != null) {
                    runner.revoke();
                }
                return view.leader().name().equals(self.name())
                        ? new LeaderLease.FormerLife()
                        : new LeaderLease.HeldByOther(view.leader().name());
            }
            case ReadOutcome.Unreachable _ -> {
                if (term != null && now.isBefore(term.mayWriteUntil())) {
                    return new LeaderLease.Unconfirmed(term.mayWriteUntil());
                }
                if (term != null) {
                    runner.revoke();
                }
                return new LeaderLease.Unknown();
            }
        }
    }

    /// Those who are asked in a race: whoever was there when there last was a leader, and whoever
    /// is there now.
    private void noteMembers(ClusterView view, MemberProfile self) {
        SortedMap<MemberName, Member> known = new TreeMap<>();
        if (view.leader() == null) {
            for (Map.Entry<String, String> other :
                    Failsafe.known(view, records.record()).entrySet()) {
                Member member = RecordKeeper.absent(other.getKey(), other.getValue());
                if (!member.name().equals(self.name())) {
                    known.put(member.name(), member);
                }
            }
            for (Member member : companions) {
                known.put(member.name(), member);
            }
        } else if (!view.leader().name().equals(lastLeader)) {
            if (lastLeader != null) {
                leaderChanges++;
            }
            lastLeader = view.leader().name();
        }
        for (Member member : view.members()) {
            if (!member.name().equals(self.name())) {
                known.put(member.name(), member);
            }
        }
        companions = List.copyOf(known.values());
    }

    private static Duration peerTimeout(LocalPostgres postgres) {
        return postgres.isPrimary() ? PRIMARY_PEER_TIMEOUT : PEER_TIMEOUT;
    }

    private Memory refreshed(
            @Nullable ClusterView view,
            LeaderLease lease,
            LocalPostgres postgres,
            MemberProfile self,
            Monotonic now) {
        boolean leaderWithoutServer =
                lease instanceof LeaderLease.Held
                        && !(postgres.process() instanceof ServerProcess.Answering);
        Monotonic downSince =
                leaderWithoutServer
                        ? (memory.primaryDownSince() == null ? now : memory.primaryDownSince())
                        : null;
        Monotonic uninitializedSince = memory.uninitializedSince();
        SlotMemory slots = memory.slots();
        if (view != null) {
            boolean uninitialized = view.initialization() instanceof Initialization.Absent;
            uninitializedSince =
                    uninitialized ? (uninitializedSince == null ? now : uninitializedSince) : null;
            SlotSettings settings =
                    (configured == null ? ClusterConfig.DEFAULTS : configured).slots();
            slots =
                    slots.next(
                                    view,
                                    postgres.status(),
                                    lease instanceof LeaderLease.Held && postgres.isPrimary(),
                                    settings,
                                    now)
                            .compared(
                                    view,
                                    postgres.status(),
                                    settings,
                                    postgres.leaderSlots(),
                                    SlotCopying.slotOnLeader(self.name(), self.tags(), view),
                                    now);
        }
        boolean repaired =
                postgres.operation() instanceof Operation.Succeeded(Operation.Kind kind, _)
                        && (kind == Operation.Kind.REWIND || kind == Operation.Kind.CLONE);
        return memory.withEverRead(memory.everRead() || view != null)
                .withPrimaryDownSince(downSince)
                .withUninitializedSince(uninitializedSince)
                .withSlots(slots)
                .withUnprovenRenewals(runner.unprovenRenewals())
                .withStorageTroubleSeenAt(
                        postgres.storage().trouble() == null
                                ? null
                                : (memory.storageTroubleSeenAt() == null
                                        ? now
                                        : memory.storageTroubleSeenAt()))
                .withDivergedFrom(repaired ? null : memory.divergedFrom())
                .withClimb(
                        Climbing.seen(
                                memory.climb(),
                                view,
                                postgres,
                                configured == null ? 0 : configured.rejoin().rebuildLagBytes(),
                                now))
                .withStatusWrittenAt(runner.statusWrittenAt());
    }

    private void remember(
            Observation seen, Decision decision, PlanRunner.@Nullable Failure failure) {
        Timeline diverged = memory.divergedFrom();
        Monotonic barred = memory.raceBarredUntil();
        if (decision.rule() == RuleId.STANDBY_DIVERGED && seen.view() != null) {
            Member leader = seen.view().leaderMember();
            diverged = leader == null ? null : leader.timeline();
        }
        if (seen.lease() instanceof LeaderLease.HeldByOther) {
            // Somebody has taken over, which is what it made room for.
            barred = null;
        }
        boolean handedOver =
                failure == null
                        && (decision.rule() == RuleId.LEADER_HANDS_OVER
                                || decision.rule() == RuleId.LEADER_STORAGE_HANDS_OVER
                                || decision.rule() == RuleId.LEADER_CANNOT_PROMOTE);
        if (handedOver) {
            barred = ports.time().now().plus(seen.timing().ttl());
        }
        memory =
                memory.withUnprovenRenewals(runner.unprovenRenewals())
                        .withDivergedFrom(diverged)
                        .withStatusWrittenAt(runner.statusWrittenAt())
                        .withRaceBarredUntil(barred)
                        .withClimb(
                                Climbing.decided(memory.climb(), seen, decision, failure == null))
                        .withSynchronous(
                                memory.synchronous().planned(decision.plan(), ports.time().now()));
    }

    private void publish(Observation seen, Decision decision) {
        ticks++;
        board.publish(
                new Snapshot(
                        ports.time().now(),
                        lastView,
                        lastViewAt,
                        seen.storeFailure(),
                        seen.config(),
                        seen.timing(),
                        seen.lease(),
                        seen.postgres(),
                        ports.fencing().observe(),
                        decision,
                        runner.published(),
                        lastView == null
                                ? null
                                : WhyNotLead.of(seen, decision, lastView, memory.climb().note()),
                        failsafe.isActive(ports.time().now()),
                        ticks,
                        leaderChanges,
                        memory.climb()));
    }

    private boolean hasBegunOperation(Observation seen) {
        return !(seen.postgres().operation() instanceof Operation.Running)
                && ports.postgres().observe().operation() instanceof Operation.Running;
    }

    /// Turns follow each other by the clock, not by the end of the last one; and neither a
    /// failing plan nor a rule that repeats itself may spin.
    private Duration sleep(
            Observation seen,
            Monotonic began,
            Decision decision,
            PlanRunner.@Nullable Failure failure) {
        boolean hurried = failure != null || decision.nextTick().isZero();
        boolean repeats = failure != null || decision.rule() == lastRule;
        lastRule = decision.rule();
        hurriedInARow = hurried ? hurriedInARow + 1 : 0;
        hurriedTicks = hurried && (repeats || hurriedInARow > HURRIED_LIMIT) ? hurriedTicks + 1 : 0;
        if (hurriedTicks > 0) {
            return shorter(RETRY_PAUSE.multipliedBy(hurriedTicks), RETRY_PAUSE_LIMIT);
        }
        Monotonic now = ports.time().now();
        Duration left = decision.nextTick().minus(began.until(now));
        Monotonic renewalDue = runner.renewalDue(seen.timing());
        if (renewalDue != null) {
            // A turn that found the last renewal fresh did not renew: the next one comes in time
            // for a round of retries before the server would have to be stopped.
            Duration untilDue = now.until(renewalDue);
            left = shorter(left, untilDue.compareTo(RETRY_PAUSE) < 0 ? RETRY_PAUSE : untilDue);
        }
        return left.isNegative() ? Duration.ZERO : left;
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }
}
