package io.tamada.core.decision;

import static io.tamada.core.Facts.A;
import static io.tamada.core.Facts.B;
import static io.tamada.core.Facts.C;
import static io.tamada.core.Facts.NOW;
import static io.tamada.core.Facts.ago;
import static io.tamada.core.Facts.answering;
import static io.tamada.core.Facts.config;
import static io.tamada.core.Facts.down;
import static io.tamada.core.Facts.in;
import static io.tamada.core.Facts.lsn;
import static io.tamada.core.Facts.primary;
import static io.tamada.core.Facts.replica;
import static io.tamada.core.Facts.standbyStatus;
import static io.tamada.core.Facts.tags;
import static io.tamada.core.SyncFacts.connection;
import static io.tamada.core.SyncFacts.gated;
import static io.tamada.core.SyncFacts.published;
import static io.tamada.core.SyncFacts.settled;
import static io.tamada.core.SyncFacts.streams;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.Facts;
import io.tamada.core.Scene;
import io.tamada.core.SyncFacts;
import io.tamada.core.cluster.SyncState;
import io.tamada.core.cluster.SynchronousMode;
import io.tamada.core.lease.LeaderLease;
import io.tamada.core.postgres.ClientGate;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.PostgresCommand.SetSynchronousStandbys;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.StandbyNames;
import io.tamada.core.quorum.SyncTransition.Doubt;
import io.tamada.core.time.Monotonic;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SynchronousRulesTest {

    private static final SyncState ALONE = published(0);
    private static final StandbyNames B_ONLY = StandbyNames.all(List.of("b"));

    private static Scene leading(ServerStatus status) {
        return Scene.leading()
                .config(config().synchronous(SynchronousMode.ON))
                .members(primary(A), replica(Facts.B), replica(Facts.C))
                .process(answering(status));
    }

    private static List<Action> writes(Decision decision) {
        return decision.plan().stream().filter(Action.WriteSync.class::isInstance).toList();
    }

    private static List<PostgresCommand> commands(Decision decision) {
        return Plan.commands(decision).stream()
                .filter(command -> !(command instanceof PostgresCommand.CreateSlot))
                .toList();
    }

    private static Action write(SyncState state) {
        return new Action.WriteSync(state);
    }

    @Test
    void theLeaderIsRecordedBeforeAnythingElse() {
        Decision decision = leading(SyncFacts.primary("", streams("b", 5000))).decide();
        assertThat(writes(decision)).containsExactly(write(ALONE));
        assertThat(commands(decision)).isEmpty();
        assertThat(decision.plan().getFirst()).isEqualTo(new Action.RenewLease());
    }

    @Test
    void aStandbyIsWaitedForBeforeItIsPublished() {
        ServerStatus status = SyncFacts.primary("", streams("b", 5000));
        Decision decision = leading(status).sync(ALONE).synchronous(settled("", 4000)).decide();
        assertThat(decision.rule()).isEqualTo(RuleId.SYNC_SETS_NAMES);
        assertThat(commands(decision))
                .containsExactly(new SetSynchronousStandbys(B_ONLY, ClientGate.OPEN));
        assertThat(writes(decision)).isEmpty();
    }

    @Test
    void aStandbyIsPublishedOnceItHasWhatWasWrittenWhenItWasNamed() {
        Scene waiting =
                leading(SyncFacts.primary("\"b\"", streams("b", 4999)))
                        .sync(ALONE)
                        .synchronous(settled("\"b\"", 5000));
        assertThat(waiting.decide().rule()).isEqualTo(RuleId.SYNC_CATCHES_UP);
        Decision decision =
                waiting.process(answering(SyncFacts.primary("\"b\"", streams("b", 5000)))).decide();
        assertThat(writes(decision)).containsExactly(write(published(0, "b")));
    }

    @Test
    void namesThatHaveJustComeIntoForceDoNotCountYet() {
        SynchronousMemory justNow =
                SynchronousMemory.FRESH
                        .withDoubt(Doubt.NONE)
                        .seen(A, ALONE, SyncFacts.primary("\"b\"", streams("b", 5000)));
        Scene scene =
                leading(SyncFacts.primary("\"b\"", streams("b", 5000)))
                        .sync(ALONE)
                        .synchronous(justNow);
        assertThat(scene.decide().rule()).isEqualTo(RuleId.SYNC_CATCHES_UP);
    }

    @Test
    void whatTheServerSaysIsStaleUntilACommandHasHadItsTime() {
        Decision sent =
                leading(SyncFacts.primary("2 (b,c)", streams("b", 5000)))
                        .sync(published(0, "b"))
                        .synchronous(settled("2 (b,c)", 4000))
                        .decide();
        SynchronousMemory memory = settled("2 (b,c)", 4000).planned(sent.plan(), NOW);
        assertThat(memory.sight()).isNull();
        assertThat(
                        memory.seen(
                                        A,
                                        published(0, "b"),
                                        SyncFacts.primary("2 (b,c)", streams("b", 5000)))
                                .sight())
                .isNull();
    }

    @Test
    void aSettledLeaderIsALeaderLikeAnyOther() {
        Scene scene =
                leading(SyncFacts.primary("\"b\"", streams("b", 5000), streams("c", 5000)))
                        .sync(published(0, "b"))
                        .synchronous(settled("\"b\"", 4000));
        assertThat(scene.decide().rule()).isEqualTo(RuleId.LEADER_STEADY);
    }

    @Test
    void besideAPatroniThatDoesNotKnowQuorumsCommitsWaitForNamedStandbys() {
        Scene scene =
                leading(SyncFacts.primary("", streams("b", 5000), streams("c", 4000)))
                        .config(config().synchronous(SynchronousMode.QUORUM))
                        .sync(ALONE)
                        .synchronous(settled("", 4000));
        scene.members(primary(A), replica(B), Facts.ofPatroni(replica(C), "3.3.2"));
        assertThat(commands(scene.decide()))
                .containsExactly(new SetSynchronousStandbys(B_ONLY, ClientGate.OPEN));
        scene.members(primary(A), replica(B), Facts.ofPatroni(replica(C), "4.0.7"));
        assertThat(commands(scene.decide()))
                .containsExactly(
                        new SetSynchronousStandbys(
                                new StandbyNames(1, List.of("b", "c")), ClientGate.OPEN));
    }

    @Test
    void aQuorumNamesAllAndAsksForOne() {
        Scene scene =
                leading(SyncFacts.primary("", streams("b", 5000), streams("c", 5000)))
                        .config(config().synchronous(SynchronousMode.QUORUM))
                        .sync(ALONE)
                        .synchronous(settled("", 4000));
        assertThat(commands(scene.decide()))
                .containsExactly(
                        new SetSynchronousStandbys(
                                new StandbyNames(1, List.of("b", "c")), ClientGate.OPEN));
        scene.process(
                        answering(
                                SyncFacts.primary(
                                        "ANY 1 (b,c)", streams("b", 5000), streams("c", 10))))
                .synchronous(settled("ANY 1 (b,c)", 5000));
        assertThat(writes(scene.decide())).containsExactly(write(published(1, "b", "c")));
    }

    @Test
    void aStandbyThatIsGoneIsAwaitedForAWhileAndThenReplacedOrDropped() {
        SynchronousMemory gone =
                settled("\"b\"", 4000).seen(A, published(0, "b"), SyncFacts.primary("\"b\""));
        Scene scene = leading(SyncFacts.primary("\"b\"")).sync(published(0, "b")).synchronous(gone);
        assertThat(scene.decide().rule()).isEqualTo(RuleId.SYNC_AWAITS_STANDBY);

        scene.synchronous(missing("b"));
        assertThat(writes(scene.decide())).containsExactly(write(ALONE));
        assertThat(commands(scene.decide())).as("published first").isEmpty();

        scene.process(answering(SyncFacts.primary("\"b\"", streams("c", 5000))));
        assertThat(commands(scene.decide()))
                .containsExactly(
                        new SetSynchronousStandbys(
                                StandbyNames.all(List.of("b", "c")), ClientGate.OPEN));
    }

    private static SynchronousMemory missing(String name) {
        SynchronousMemory memory = settled("\"b\"", 4000);
        TreeMap<String, Monotonic> since = new TreeMap<>();
        since.put(name, ago(11));
        return new SynchronousMemory(Doubt.NONE, null, memory.sight(), memory.listening(), since);
    }

    @Test
    void aStandbyThatDoesNotStreamIsGoneThoughItIsConnected() {
        SynchronousMemory seen =
                settled("\"b\"", 4000)
                        .seen(
                                A,
                                published(0, "b"),
                                SyncFacts.primary("\"b\"", connection("b", 5000, "catchup")));
        assertThat(seen.missingSince()).containsOnlyKeys("b");
    }

    @Test
    void inStrictModeTheLastStandbyIsNeverGivenUp() {
        Scene scene =
                leading(SyncFacts.primary("\"b\""))
                        .config(config().synchronous(SynchronousMode.ON).strict())
                        .sync(published(0, "b"))
                        .synchronous(missing("b"));
        assertThat(scene.decide().rule()).isEqualTo(RuleId.SYNC_AWAITS_STANDBY);
        assertThat(writes(scene.decide())).isEmpty();
        assertThat(commands(scene.decide())).isEmpty();
    }

    @Test
    void inStrictModeCommitsWaitUntilThereIsSomebodyToWaitFor() {
        Scene scene =
                leading(SyncFacts.primary(""))
                        .config(config().synchronous(SynchronousMode.ON).strict())
                        .sync(ALONE)
                        .synchronous(settled("", 4000));
        assertThat(commands(scene.decide()))
                .containsExactly(new SetSynchronousStandbys(StandbyNames.ANYONE, ClientGate.OPEN));
    }

    @Test
    void inPauseItGoesOn() {
        Scene scene =
                leading(SyncFacts.primary(""))
                        .config(config().synchronous(SynchronousMode.ON).strict().pause())
                        .sync(ALONE)
                        .synchronous(settled("", 4000));
        assertThat(scene.decide().rule()).isEqualTo(RuleId.SYNC_SETS_NAMES);
        assertThat(scene.decide().plan().getFirst()).isEqualTo(new Action.RenewLease());
        assertThat(commands(scene.decide()))
                .containsExactly(new SetSynchronousStandbys(StandbyNames.ANYONE, ClientGate.OPEN));
    }

    @Test
    void aLeaderThatIsNotWellChangesNothing() {
        Scene scene =
                leading(SyncFacts.primary("\"b\""))
                        .sync(published(0, "b"))
                        .synchronous(missing("b"));
        scene.unprovenRenewals(1);
        assertThat(writes(scene.decide())).isEmpty();
        scene.lease(new LeaderLease.Held(in(9)));
        assertThat(scene.decide().rule()).isEqualTo(RuleId.LEADER_TOO_LATE);
        assertThat(writes(scene.decide())).isEmpty();
        scene.unprovenRenewals(0).lease(new LeaderLease.Held(in(25))).process(down());
        assertThat(writes(scene.decide())).isEmpty();
    }

    @Test
    void aWriteThatMayStillArriveIsOvertakenBeforeTheNamesShrink() {
        Decision decision =
                leading(SyncFacts.primary("2 (b,c)", streams("b", 5000)))
                        .sync(published(0, "b"))
                        .synchronous(
                                settled("2 (b,c)", 4000).withDoubt(Doubt.EARLIER_WRITE_MAY_ARRIVE))
                        .decide();
        assertThat(writes(decision)).containsExactly(write(published(0, "b")));
        assertThat(commands(decision)).isEmpty();
    }

    @Test
    void whenTheModeIsTurnedOffItsRecordGoes() {
        Decision decision =
                leading(SyncFacts.primary("\"b\"", streams("b", 5000)))
                        .config(config())
                        .sync(published(0, "b"))
                        .decide();
        assertThat(decision.rule()).isEqualTo(RuleId.SYNC_ENDS);
        assertThat(writes(decision)).containsExactly(write(new SyncState(null, List.of(), 0)));
    }

    @Test
    void whoIsPromotedIsRecordedFirstAndAlone() {
        Decision decision =
                leading(standbyStatus(1, 5000))
                        .directory(Facts.standbyData(1, 5000))
                        .sync(new SyncState("b", List.of("a", "c"), 0))
                        .decide();
        assertThat(decision.rule()).isEqualTo(RuleId.SYNC_CLAIMS);
        assertThat(decision.plan())
                .containsSubsequence(
                        new Action.RenewLease(),
                        write(ALONE),
                        new Action.Instance(new PostgresCommand.Promote(Facts.timeline(2))));
    }

    @Test
    void inStrictModeANewPrimaryIsBlockedBeforeItIsOne() {
        Scene scene =
                leading(standbyStatus(1, 5000))
                        .directory(Facts.standbyData(1, 5000))
                        .config(config().synchronous(SynchronousMode.ON).strict());
        assertThat(commands(scene.decide()))
                .containsExactly(new SetSynchronousStandbys(StandbyNames.BLOCKED, ClientGate.OPEN));
        scene.process(
                answering(
                        SyncFacts.with(
                                standbyStatus(1, 5000),
                                StandbyNames.BLOCKED.text(),
                                ClientGate.OPEN)));
        assertThat(commands(scene.decide()))
                .containsExactly(new PostgresCommand.Promote(Facts.timeline(2)));
    }

    @Test
    void aSynchronousPrimaryComesBackBehindTheGate() {
        Decision decision =
                leading(SyncFacts.primary(""))
                        .process(down())
                        .sync(published(1, "b", "c"))
                        .decide();
        assertThat(decision.rule()).isEqualTo(RuleId.SYNC_RESTARTS);
        assertThat(commands(decision))
                .containsExactly(
                        new SetSynchronousStandbys(
                                new StandbyNames(1, List.of("b", "c")), ClientGate.SHUT),
                        new PostgresCommand.StartAsPrimary());
    }

    @Test
    void withoutAPromiseThereIsNothingToShutOutButTheOthers() {
        Decision decision =
                leading(SyncFacts.primary(""))
                        .process(down())
                        .sync(new SyncState("c", List.of("a"), 0))
                        .decide();
        assertThat(decision.plan())
                .containsSubsequence(
                        write(ALONE),
                        new Action.Instance(
                                new SetSynchronousStandbys(StandbyNames.NONE, ClientGate.OPEN)),
                        new Action.Instance(new PostgresCommand.StartAsPrimary()));
    }

    @Test
    void theGateOpensWhenNobodyCanBeElectedWithoutWhatWasRecovered() {
        Scene scene =
                leading(gated("\"b\"", streams("b", 4999)))
                        .sync(published(0, "b"))
                        .synchronous(settled("\"b\"", 5000));
        assertThat(scene.decide().rule()).isEqualTo(RuleId.GATE_SHUT);
        assertThat(commands(scene.decide())).isEmpty();
        scene.process(answering(gated("\"b\"", streams("b", 5000))));
        assertThat(scene.decide().rule()).isEqualTo(RuleId.GATE_OPENS);
        assertThat(commands(scene.decide()))
                .containsExactly(new SetSynchronousStandbys(B_ONLY, ClientGate.OPEN));
    }

    @Test
    void theGateOpensWhenTheStandbyThatLacksItHasBeenRemoved() {
        Scene scene = leading(gated("\"b\"")).sync(published(0, "b")).synchronous(missing("b"));
        assertThat(writes(scene.decide())).containsExactly(write(ALONE));
        assertThat(commands(scene.decide())).isEmpty();
        scene.sync(ALONE);
        assertThat(commands(scene.decide()))
                .containsExactly(new SetSynchronousStandbys(StandbyNames.NONE, ClientGate.OPEN));
    }

    @Test
    void inStrictModeTheGateStaysShutWithoutAStandby() {
        Scene scene =
                leading(gated(StandbyNames.ANYONE.text()))
                        .config(config().synchronous(SynchronousMode.ON).strict())
                        .sync(ALONE)
                        .synchronous(settled(StandbyNames.ANYONE.text(), 5000));
        Decision decision = scene.decide();
        assertThat(decision.rule()).isEqualTo(RuleId.GATE_SHUT);
        assertThat(decision.because()).contains("synchronous_mode_strict");
        assertThat(commands(decision)).isEmpty();
    }

    @Test
    void aLeaderWithoutAServerHandsOverOnlyToThoseWhoHaveEverything() {
        Scene scene =
                leading(SyncFacts.primary(""))
                        .process(down())
                        .primaryDownSince(ago(301))
                        .sync(ALONE);
        assertThat(scene.decide().rule()).isEqualTo(RuleId.SYNC_RESTARTS);
        scene.sync(published(0, "b"));
        assertThat(scene.decide().rule()).isEqualTo(RuleId.LEADER_HANDS_OVER);
        scene.sync(published(1, "b", "d"));
        assertThat(scene.decide().rule()).as("one vote is missing").isEqualTo(RuleId.SYNC_RESTARTS);
        scene.sync(published(1, "b", "c"));
        assertThat(scene.decide().rule()).isEqualTo(RuleId.LEADER_HANDS_OVER);
    }

    @Test
    void aCommandThatIsPendingCountsAsInForceAndASightBeginsAfterIt() {
        List<Action> plan =
                List.of(new Action.Instance(new SetSynchronousStandbys(B_ONLY, ClientGate.OPEN)));
        SynchronousMemory pending = settled("", 1).planned(plan, ago(1));
        ServerStatus status = SyncFacts.primary("\"b\"", streams("b", 5000));
        SynchronousMemory seen = pending.seen(A, ALONE, status).seen(A, ALONE, status);
        assertThat(pending.inForce(SyncFacts.primary(""))).isEqualTo(B_ONLY);
        assertThat(seen.command()).isNull();
        assertThat(seen.sight())
                .isEqualTo(
                        new SynchronousMemory.Sight(
                                B_ONLY, SyncFacts.primary("").postmasterStart(), NOW, lsn(5000)));
    }

    /// Commits that waited for nobody go on doing so until the checkpointer has read the new
    /// names, which it does not do during an immediate checkpoint.
    @Test
    void namesDoNotCountBeforeTheCheckpointerHasReadThemNorWhatWasWrittenUntilThen() {
        ServerStatus busy = SyncFacts.checkpointing("\"b\"", streams("b", 5000));
        ServerStatus idle = SyncFacts.primary("\"b\"", streams("b", 5000));
        SynchronousMemory memory = settled("", 1).seen(A, ALONE, busy).seen(A, ALONE, busy);
        assertThat(memory.sight()).isNull();
        memory = memory.seen(A, ALONE, idle);
        assertThat(memory.sight()).as("what was written counts from the next answer").isNull();
        memory = memory.seen(A, ALONE, idle);
        assertThat(memory.sight()).isNotNull();
        assertThat(memory.seen(A, ALONE, busy).sight())
                .as("once it knows that commits wait, other names need no checkpointer")
                .isEqualTo(memory.sight());
    }

    @Test
    void commitsThatHaveCeasedToWaitNeedTheCheckpointerAgain() {
        SynchronousMemory memory = settled("\"b\"", 4000);
        memory =
                memory.planned(
                        List.of(
                                new Action.Instance(
                                        new SetSynchronousStandbys(
                                                StandbyNames.NONE, ClientGate.OPEN))),
                        ago(5));
        memory =
                memory.planned(
                        List.of(
                                new Action.Instance(
                                        new SetSynchronousStandbys(B_ONLY, ClientGate.OPEN))),
                        ago(4));
        ServerStatus busy = SyncFacts.checkpointing("\"b\"", streams("b", 5000));
        assertThat(memory.seen(A, ALONE, busy).seen(A, ALONE, busy).sight()).isNull();
    }

    @Test
    void anotherRunOfTheServerNeedsTheCheckpointerAgain() {
        SynchronousMemory former =
                new SynchronousMemory(Doubt.NONE, null, null, "another run", new TreeMap<>());
        ServerStatus busy = SyncFacts.checkpointing("\"b\"", streams("b", 5000));
        assertThat(former.seen(A, ALONE, busy).sight()).isNull();
    }

    @Test
    void aMemberThatIsTaggedIsNotWaitedFor() {
        Scene scene =
                leading(SyncFacts.primary("", streams("b", 5000), streams("c", 100)))
                        .members(
                                primary(A),
                                Facts.streaming(replica(Facts.B), tags("nosync", true)),
                                replica(Facts.C))
                        .sync(ALONE)
                        .synchronous(settled("", 4000));
        assertThat(commands(scene.decide()))
                .containsExactly(
                        new SetSynchronousStandbys(
                                StandbyNames.all(List.of("c")), ClientGate.OPEN));
    }
}
