package io.tamada.core.decision;

import io.tamada.core.cluster.ClusterRecord;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.failover.Consent;
import io.tamada.core.failover.LeaderRace;
import io.tamada.core.failover.PeerReport;
import io.tamada.core.failover.StoreDoubt;
import io.tamada.core.failsafe.FailsafeBoard.Promise;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberRole;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.ServerProcess;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.StopMode;
import io.tamada.core.time.Monotonic;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// There is no leader: whoever may lead tries to take the lease at once; the others wait for the
/// winner.
final class LeaderlessRules {

    /// How often those who may not lead look again; the store's watch wakes them when it is
    /// decided.
    private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

    private static final String REPAIRS_FIRST = "a primary that still runs may repair it first";

    private LeaderlessRules() {}

    static Decision decide(Observation seen, Situation.Leaderless situation) {
        ClusterView view = situation.view();
        if (view.initialization() instanceof Initialization.InProgress
                && !seen.holdsInitialization()
                && !seen.postgres().mayBePrimary()) {
            return waiting(seen, RuleId.BOOTSTRAP_AWAITED, "");
        }
        return switch (seen.postgres().process()) {
            case ServerProcess.Answering(ServerStatus status) ->
                    status.inRecovery()
                            ? standby(seen, situation, status)
                            : primary(seen, view, status);
            case ServerProcess.NotAnswering _ -> silent(seen);
            case ServerProcess.Down() -> down(seen, situation);
        };
    }

    private static Decision silent(Observation seen) {
        if (!seen.postgres().mayBePrimary()) {
            return HeldUp.isStalled(seen)
                    ? new Decision(
                            RuleId.OPERATION_STALLED,
                            "a start of an earlier life does not get on",
                            Plans.alive(
                                    seen,
                                    Plans.instance(new PostgresCommand.Stop(StopMode.IMMEDIATE))),
                            Plans.SOON)
                    : waiting(seen, RuleId.RACE_SERVER_NOT_READY, "");
        }
        // A postmaster that hangs, or one that is about to come up as a primary: its sessions may
        // write, and whoever takes the lease now will promote.
        return new Decision(
                RuleId.RACE_SERVER_NOT_READY,
                "it may be a primary and holds no lease: stopping it",
                Plans.alive(seen, Plans.instance(new PostgresCommand.Stop(StopMode.IMMEDIATE))),
                Plans.SOON);
    }

    private static Decision primary(Observation seen, ClusterView view, ServerStatus status) {
        Monotonic keptUntil = seen.outage().keptUntil();
        if (keptUntil != null && seen.now().isAtOrAfter(seen.timing().demoteBy(keptUntil))) {
            return new Decision(
                    RuleId.RACE_CONSENT_ENDS,
                    "",
                    List.of(
                            Plans.instance(new PostgresCommand.Stop(StopMode.FAST)),
                            new Action.AcquireLease()),
                    Plans.SOON);
        }
        String whyNot = Consent.whyNotAsked(seen.self().name(), seen.config(), view);
        if (whyNot == null) {
            whyNot =
                    LeaderRace.whyPrimaryMayNotContinue(
                            seen.self().name(), seen.config(), view, status, seen.peers());
        }
        return whyNot == null
                ? acquire(seen, RuleId.RACE_PRIMARY_CONTINUES)
                : new Decision(
                        RuleId.RACE_OUTDATED_PRIMARY,
                        whyNot,
                        Plans.alive(seen, Plans.instance(new PostgresCommand.Stop(StopMode.FAST))),
                        Plans.SOON);
    }

    private static Decision standby(
            Observation seen, Situation.Leaderless situation, ServerStatus status) {
        String consented = whyConsented(seen);
        if (consented != null) {
            return waiting(seen, RuleId.RACE_CONSENTED, consented);
        }
        String unfit = whyUnfit(seen, situation);
        Decision requested =
                unfit == null ? SwitchoverRules.race(seen, situation.view(), status) : null;
        if (requested != null) {
            return requested;
        }
        String doubt = unfit == null ? whyDoubted(seen, situation.view(), status) : null;
        if (doubt != null) {
            return waiting(seen, RuleId.RACE_STORE_DOUBTED, doubt);
        }
        String whyNot = unfit == null ? whyNot(seen, situation, status) : unfit;
        return whyNot == null
                ? acquire(seen, RuleId.RACE_WON_BY_RIGHT)
                : waiting(seen, RuleId.RACE_NOT_OURS, whyNot);
    }

    /// Where this member's word stands in the way of a race.
    static @Nullable String whyConsented(Observation seen) {
        Promise promise = seen.outage().promise();
        if (promise != null) {
            return promise.leader() + " leads without a store; it has consented to that";
        }
        Monotonic barred = seen.outage().barredUntil();
        return barred != null && seen.now().isBefore(barred)
                ? "it has just started, and may have consented to a leader without a store before"
                : null;
    }

    /// What holds a member back that was asked for by name, too.
    private static @Nullable String whyUnfit(Observation seen, Situation.Leaderless situation) {
        Monotonic barred = seen.memory().raceBarredUntil();
        if (barred != null && seen.now().isBefore(barred)) {
            return "it has just handed over because it could not start or promote its server";
        }
        String trouble = seen.postgres().storage().whyNoPrimary();
        if (trouble != null) {
            return trouble;
        }
        String running = whyPrimaryMayRun(seen, situation.view());
        return running == null
                ? Consent.whyNotAsked(seen.self().name(), seen.config(), situation.view())
                : running;
    }

    /// A leader's record and its key lie on one lease, and run out together; and who releases the
    /// key says that its server is down. A record without the key, of one whose server may be a
    /// primary, means that somebody has deleted the key by hand: that primary may write until its
    /// deadline, which is at most a ttl away, or takes the key back before. Once it has said itself
    /// that it is none, nobody waits for it. A Patroni may give the key away before it says so.
    private static @Nullable String whyPrimaryMayRun(Observation seen, ClusterView view) {
        Monotonic since = seen.switchover().leaderlessSince();
        ClusterRecord record = seen.outage().record();
        Duration ttl = seen.timing().ttl();
        if (since != null
                && Plans.passed(seen, since, record == null ? ttl : record.longerTtl(ttl))) {
            return null;
        }
        for (Member member : view.members()) {
            boolean led = record != null && member.name().equals(record.leader());
            if (member.isTamada()
                    && mayRunAsPrimary(member, led)
                    && !member.name().equals(seen.self().name())
                    && !isKnownStandby(seen, member.name())) {
                return "%s has lost the leader key, but not its lease, and may run as primary until a ttl has passed"
                        .formatted(member.name());
            }
        }
        return null;
    }

    /// @param led whether it was the last leader: what starts or stops there is not in its record,
    ///     nor what it was promoted to since it wrote it.
    private static boolean mayRunAsPrimary(Member member, boolean led) {
        return switch (member.state()) {
            case RUNNING ->
                    member.role() == MemberRole.PRIMARY
                            || (led && member.role() == MemberRole.REPLICA);
            case STARTING, STOPPING -> led;
            default -> false;
        };
    }

    private static boolean isKnownStandby(Observation seen, MemberName name) {
        for (PeerReport peer : seen.peers()) {
            if (peer instanceof PeerReport.Answered answered && answered.name().equals(name)) {
                return !answered.runsAsPrimary();
            }
        }
        return false;
    }

    /// A store that was wiped or restored proves nothing about who may lead; a primary that still
    /// runs may repair it first, and after that a majority of those who were recorded must be there
    /// to be compared.
    private static @Nullable String whyDoubted(
            Observation seen, ClusterView view, ServerStatus status) {
        ClusterRecord record = seen.outage().record();
        StoreDoubt doubt = seen.outage().doubt().kind();
        Monotonic since = seen.outage().doubt().since();
        if (doubt == StoreDoubt.NONE || record == null) {
            return null;
        }
        String what =
                doubt == StoreDoubt.WIPED
                        ? "the store has lost its record of the cluster"
                        : "the store is older than what this member knows: revision %d and timeline %s, not %s"
                                .formatted(
                                        view.revision(),
                                        view.history().current(),
                                        record.timeline());
        String early = since == null ? REPAIRS_FIRST : whyTooEarly(seen);
        if (early != null) {
            return what + "; " + early;
        }
        String few =
                StoreDoubt.whyTooFew(
                        record, seen.self().name(), seen.peers(), seen.config().synchronous());
        if (few == null) {
            few = StoreDoubt.whyBehindBarred(status, seen.peers(), seen.config());
        }
        return few == null
                ? null
                : what
                        + ", and "
                        + few
                        + "; to decide by hand, name the member that is to lead in the failover"
                        + " key";
    }

    /// Before a ttl has passed since the doubt began a primary may be writing that the store does
    /// not show. Null when it is late enough, or when there is no doubt.
    static @Nullable String whyTooEarly(Observation seen) {
        ClusterRecord record = seen.outage().record();
        Monotonic since = seen.outage().doubt().since();
        if (since == null || record == null) {
            return null;
        }
        return Plans.passed(seen, since, record.longerTtl(seen.timing().ttl()))
                ? null
                : REPAIRS_FIRST;
    }

    private static @Nullable String whyNot(
            Observation seen, Situation.Leaderless situation, ServerStatus status) {
        Memory memory = seen.memory();
        if (situation.view().initialization() instanceof Initialization.Absent) {
            if (!situation.data().knownHere()) {
                return "it is a standby of an unknown primary, and no record says that this agent"
                        + " has run it before; it is never promoted on adoption. If it belongs to a"
                        + " cluster, correct scope";
            }
            Monotonic since = memory.uninitializedSince();
            if (since == null || !Plans.passed(seen, since, seen.timing().ttl())) {
                return "the store has lost its record of the cluster; a primary that still runs"
                        + " may restore it first";
            }
        }
        long lackedBytes = situation.view().status().optime().bytesSince(status.position());
        boolean justStarted = !Plans.passed(seen, memory.startedAt(), seen.timing().ttl());
        if (lackedBytes > 0 && justStarted) {
            // After all were stopped, the first one up would win within maximum_lag_on_failover,
            // and give up what the last leader wrote when the others were down already.
            return "it has just started and lacks %d bytes of what the last leader wrote; whoever has"
                            .formatted(lackedBytes)
                    + " them may be starting too";
        }
        return LeaderRace.whyStandbyMayNotLead(
                seen.self().name(),
                seen.self().tags(),
                seen.config(),
                situation.view(),
                status,
                seen.peers());
    }

    private static Decision down(Observation seen, Situation.Leaderless situation) {
        DataDirectory.Ready data = situation.data();
        if (seen.holdsInitialization()) {
            Member withData = BootstrapRules.otherWithData(seen, situation.view());
            return withData == null
                    ? acquire(seen, RuleId.BOOTSTRAP_TAKE_LEASE)
                    : new Decision(
                            RuleId.BOOTSTRAP_FAILED,
                            withData.name() + " has data, and will say of which cluster",
                            Plans.alive(seen, new Action.AbandonInitialization()),
                            Plans.AT_ONCE);
        }
        if (situation.view().initialization() instanceof Initialization.Absent
                && !data.knownHere()
                && !data.standbySignal()
                && data.control().wasPrimary()) {
            String whyNot =
                    LeaderRace.whyMemberMayNotLead(
                            seen.self().tags(), seen.config(), situation.view());
            return whyNot == null
                    ? acquire(seen, RuleId.ADOPT_STOPPED_INSTANCE)
                    : waiting(seen, RuleId.RACE_NOT_OURS, whyNot);
        }
        if (seen.postgres().operation() instanceof Operation.Failed failed) {
            Duration left = Plans.backOffLeft(seen, failed);
            if (!left.isZero()) {
                return waiting(
                        seen,
                        RuleId.START_WITHOUT_LEADER,
                        "the last attempt failed: " + failed.reason());
            }
        }
        return new Decision(
                RuleId.START_WITHOUT_LEADER,
                "",
                Plans.alive(seen, Plans.instance(new PostgresCommand.StartAsStandby(null))),
                Plans.shorter(Plans.loopWait(seen), LOOK_AGAIN));
    }

    private static Decision acquire(Observation seen, RuleId rule) {
        return acquire(seen, rule, "");
    }

    static Decision acquire(Observation seen, RuleId rule, String because) {
        String unfenced = seen.fencing().whyMayNotLead();
        if (unfenced != null) {
            return seen.postgres().mayBePrimary()
                    ? new Decision(
                            RuleId.RACE_UNFENCED,
                            unfenced,
                            Plans.alive(
                                    seen, Plans.instance(new PostgresCommand.Stop(StopMode.FAST))),
                            Plans.SOON)
                    : waiting(seen, RuleId.RACE_UNFENCED, unfenced);
        }
        return new Decision(
                rule,
                because,
                List.of(new Action.AcquireLease(), new Action.PublishMember(Plans.self(seen))),
                Plans.AT_ONCE);
    }

    private static Decision waiting(Observation seen, RuleId rule, String because) {
        return new Decision(
                rule, because, Plans.alive(seen), Plans.shorter(Plans.loopWait(seen), LOOK_AGAIN));
    }
}
