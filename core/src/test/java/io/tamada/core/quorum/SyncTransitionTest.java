package io.tamada.core.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.cluster.SyncState;
import io.tamada.core.member.MemberName;
import io.tamada.core.postgres.StandbyNames;
import io.tamada.core.quorum.SyncTarget.WhenEmpty;
import io.tamada.core.quorum.SyncTransition.Doubt;
import io.tamada.core.quorum.SyncTransition.Facts;
import io.tamada.core.quorum.SyncTransition.Reach;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Every transition between any two states of three standbys, gone on with from every state that
/// an interruption can leave, with commits acknowledged whenever they can be.
final class SyncTransitionTest {

    private static final MemberName LEADER = new MemberName("a");
    private static final List<String> STANDBYS = List.of("b", "c", "d");
    private static final int EVERYBODY = 7;
    private static final int STEPS = 12;

    /// Sets of standbys are bits: 1 is b, 2 is c, 4 is d.
    private static List<String> names(int set) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < STANDBYS.size(); i++) {
            if ((set >> i & 1) == 1) {
                names.add(STANDBYS.get(i));
            }
        }
        return names;
    }

    private static int bits(List<String> names) {
        int set = 0;
        for (String name : names) {
            set |= 1 << STANDBYS.indexOf(name);
        }
        return set;
    }

    private static List<SyncTarget> targets() {
        List<SyncTarget> targets = new ArrayList<>();
        targets.add(SyncTarget.nobody(WhenEmpty.COMMIT_ALONE));
        targets.add(SyncTarget.nobody(WhenEmpty.WAIT));
        for (int set = 1; set <= EVERYBODY; set++) {
            for (int count = 1; count <= Integer.bitCount(set); count++) {
                targets.add(new SyncTarget(count, names(set), WhenEmpty.COMMIT_ALONE));
            }
        }
        return targets;
    }

    private static List<StandbyNames> allNames() {
        List<StandbyNames> all = new ArrayList<>();
        for (SyncTarget target : targets()) {
            all.add(target.names());
        }
        all.add(StandbyNames.parse("*"));
        return all;
    }

    private static List<SyncState> allStates() {
        List<SyncState> all = new ArrayList<>();
        for (int set = 0; set <= EVERYBODY; set++) {
            for (int quorum = 0; quorum <= Integer.bitCount(set); quorum++) {
                all.add(new SyncState("a", names(set), quorum));
            }
        }
        return all;
    }

    /// Sets of standbys that can acknowledge: bit n of the result stands for the set n.
    private static int acknowledging(StandbyNames names) {
        int result = 0;
        for (int set = 0; set <= EVERYBODY; set++) {
            boolean enough =
                    names.includeAnybody()
                            || Integer.bitCount(set & bits(names.real())) >= names.count();
            result |= enough ? 1 << set : 0;
        }
        return result;
    }

    private static boolean canElect(SyncState published, int set) {
        return Integer.bitCount(set & bits(published.standbys())) >= published.quorum() + 1;
    }

    /// The primary with its history: `commits` holds, as bits, every set of standbys that is all
    /// who have some acknowledged commit.
    private static final class World {
        SyncState published;
        StandbyNames inForce;
        final List<StandbyNames> stale = new ArrayList<>();
        Reach reach = Reach.EVERYWHERE;
        Set<String> caughtUp = new TreeSet<>();
        int commits;

        World(SyncState published, StandbyNames inForce) {
            this.published = published;
            this.inForce = inForce;
            acknowledge();
        }

        void acknowledge() {
            commits |= acknowledging(inForce);
            for (StandbyNames names : stale) {
                commits |= acknowledging(names);
            }
        }

        void set(StandbyNames names) {
            stale.add(inForce);
            inForce = names;
            reach = Reach.SOME_PROCESSES;
            caughtUp.clear();
            acknowledge();
        }

        void comesIntoForce() {
            reach = Reach.EVERYWHERE;
            stale.clear();
            acknowledge();
        }

        /// Everything that was written until the names came into force arrives at these.
        void catchUp(int set) {
            caughtUp.addAll(names(set));
            int caught = 0;
            for (int holders = 0; holders <= EVERYBODY; holders++) {
                if ((commits >> holders & 1) == 1) {
                    caught |= 1 << (holders | set);
                }
            }
            commits = caught;
            acknowledge();
        }

        boolean isSafe() {
            for (int holders = 0; holders <= EVERYBODY; holders++) {
                boolean committed = (commits >> holders & 1) == 1;
                // Those who do not have the commit must not be able to elect without it.
                if (committed && canElect(published, EVERYBODY & ~holders)) {
                    return false;
                }
            }
            return true;
        }

        Facts facts() {
            return new Facts(LEADER, published, Doubt.NONE, inForce, reach, caughtUp);
        }

        String text() {
            return published + " under '" + inForce.text() + "', commits " + commits;
        }
    }

    @Test
    void theOverlapIsWhatItsFormulaSays() {
        for (StandbyNames names : allNames()) {
            for (SyncState state : allStates()) {
                boolean safe = true;
                for (int set = 0; set <= EVERYBODY; set++) {
                    boolean acknowledges = (acknowledging(names) >> set & 1) == 1;
                    safe &= !acknowledges || !canElect(state, EVERYBODY & ~set);
                }
                assertThat(Overlap.holds(names, state)).as("%s, %s", names, state).isEqualTo(safe);
            }
        }
    }

    @Test
    void whatOnlyRestrictsLetsNobodyElectWhoCouldNotBefore() {
        for (SyncState before : allStates()) {
            for (SyncState after : allStates()) {
                boolean restricts = true;
                for (int set = 0; set <= EVERYBODY; set++) {
                    restricts &= !canElect(after, set) || canElect(before, set);
                }
                assertThat(Overlap.onlyRestricts(before, after))
                        .as("%s to %s", before, after)
                        .isEqualTo(restricts);
            }
        }
    }

    @Test
    void everyTransitionIsSafeAfterEveryStepAndEndsWhereItShould() {
        int walked = 0;
        for (SyncTarget from : targets()) {
            for (SyncTarget to : targets()) {
                for (int reachable = 0; reachable <= EVERYBODY; reachable++) {
                    World world = new World(from.state(LEADER), from.names());
                    walk(world, to, reachable);
                    boolean canEnd = (bits(to.standbys()) & ~reachable) == 0;
                    if (canEnd) {
                        assertThat(SyncTransition.next(world.facts(), to))
                                .as("from %s to %s: %s", from, to, world.text())
                                .isEqualTo(new SyncStep.Settled());
                    }
                    walked++;
                }
            }
        }
        assertThat(walked).isEqualTo(14 * 14 * 8);
    }

    @Test
    void aTransitionThatAnotherOneInterruptsAnywhereIsSafeToo() {
        for (SyncTarget from : targets()) {
            for (SyncTarget to : targets()) {
                for (SyncTarget instead : targets()) {
                    for (int steps = 0; steps < STEPS; steps++) {
                        World world = new World(from.state(LEADER), from.names());
                        if (!walk(world, to, EVERYBODY, steps)) {
                            break;
                        }
                        walk(world, instead, EVERYBODY);
                        assertThat(SyncTransition.next(world.facts(), instead))
                                .as("%s, %s, %s after %d", from, to, instead, steps)
                                .isEqualTo(new SyncStep.Settled());
                    }
                }
            }
        }
    }

    private static void walk(World world, SyncTarget to, int reachable) {
        walk(world, to, reachable, STEPS);
    }

    /// @return whether the limit was reached before the end.
    private static boolean walk(World world, SyncTarget to, int reachable, int limit) {
        for (int i = 0; i < limit; i++) {
            assertThat(world.isSafe()).as(world::text).isTrue();
            switch (SyncTransition.next(world.facts(), to)) {
                case SyncStep.Publish(SyncState state) -> {
                    world.published = state;
                    world.acknowledge();
                }
                case SyncStep.SetNames(StandbyNames names) -> world.set(names);
                case SyncStep.Await _ -> {
                    if (world.reach == Reach.SOME_PROCESSES) {
                        world.comesIntoForce();
                    } else if (!world.caughtUp.containsAll(names(reachable))) {
                        world.catchUp(reachable);
                    } else {
                        return false;
                    }
                }
                case SyncStep.Settled() -> {
                    return false;
                }
            }
            assertThat(world.isSafe()).as(world::text).isTrue();
        }
        return true;
    }

    @Test
    void aStateThatSomebodyElseHasLeftIsNarrowedToTheLeaderFirst() {
        SyncTarget target = new SyncTarget(1, List.of("b"), WhenEmpty.COMMIT_ALONE);
        SyncStep alone = new SyncStep.Publish(SyncState.leaderOnly(LEADER));
        for (SyncState published :
                new SyncState[] {
                    new SyncState("b", List.of("a"), 0),
                    SyncState.UNREADABLE,
                    new SyncState("a", List.of("c"), 0)
                }) {
            assertThat(
                            SyncTransition.next(
                                    new Facts(
                                            LEADER,
                                            published,
                                            Doubt.NONE,
                                            StandbyNames.parse("*"),
                                            Reach.EVERYWHERE,
                                            Set.of("b")),
                                    target))
                    .isEqualTo(alone);
        }
    }

    @Test
    void aWriteWithoutAnswerIsOvertakenBeforeAnythingElseIsDone() {
        SyncState published = new SyncState("A", List.of("b"), 0);
        Facts doubtful =
                new Facts(
                        LEADER,
                        published,
                        Doubt.EARLIER_WRITE_MAY_ARRIVE,
                        StandbyNames.all(List.of("b", "c")),
                        Reach.EVERYWHERE,
                        Set.of("b", "c"));
        assertThat(
                        SyncTransition.next(
                                doubtful, new SyncTarget(1, List.of("b"), WhenEmpty.COMMIT_ALONE)))
                .isEqualTo(new SyncStep.Publish(published));
    }

    @Test
    void namesThatDifferInCaseOnlyAreTheSame() {
        Facts facts =
                new Facts(
                        LEADER,
                        new SyncState("A", List.of("B"), 0),
                        Doubt.NONE,
                        StandbyNames.parse("\"B\""),
                        Reach.EVERYWHERE,
                        Set.of());
        assertThat(
                        SyncTransition.next(
                                facts, new SyncTarget(1, List.of("b"), WhenEmpty.COMMIT_ALONE)))
                .isEqualTo(new SyncStep.Settled());
    }
}
