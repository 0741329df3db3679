package io.tamada.core.loop;

import static io.tamada.core.Facts.A;
import static io.tamada.core.Facts.B;
import static io.tamada.core.Facts.NOW;
import static io.tamada.core.Facts.SYSTEM;
import static io.tamada.core.Facts.config;
import static io.tamada.core.Facts.down;
import static io.tamada.core.Facts.in;
import static io.tamada.core.Facts.profile;
import static io.tamada.core.Facts.standbyData;
import static io.tamada.core.Facts.timeline;
import static io.tamada.core.Facts.urls;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ClusterRecord;
import io.tamada.core.cluster.SlotSettings;
import io.tamada.core.cluster.SystemIdentifier;
import io.tamada.core.decision.Action;
import io.tamada.core.decision.Decision;
import io.tamada.core.lease.LeaseTiming;
import io.tamada.core.lease.WriteDeadline;
import io.tamada.core.member.MemberTags;
import io.tamada.core.order.OrderBoard;
import io.tamada.core.port.ClusterStore.ReadOutcome;
import io.tamada.core.port.LoopJournal;
import io.tamada.core.postgres.LocalPostgres;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.time.Monotonic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The loop of an agent that begins while the store is away.
class RememberedConfigTest {

    private final FakeStore store = new FakeStore();
    private final FakePostgres postgres =
            new FakePostgres(new LocalPostgres(standbyData(1, 5000), down(), new Operation.None()));
    private final FakeOutage outage = new FakeOutage();
    private final SnapshotBoard board = new SnapshotBoard();
    private final List<String> inOrder = new ArrayList<>();
    private Monotonic now = NOW;

    private HaLoop loop() {
        store.read = new ReadOutcome.Unreachable("no answer");
        postgres.onBegin = () -> inOrder.add("begun after " + postgres.configured.size());
        return new HaLoop(
                new HaLoop.Ports(
                        store,
                        postgres,
                        (_, _) -> List.of(),
                        new FakeFencing(),
                        outage.ports(),
                        new OrderBoard(),
                        () -> now,
                        silent()),
                () -> profile(MemberTags.NONE),
                config -> config,
                ClusterConfig.DEFAULTS,
                new WriteDeadline(),
                board);
    }

    private static LoopJournal silent() {
        return new LoopJournal() {
            @Override
            public void decided(Decision decision) {}

            @Override
            public void timingChanged(LeaseTiming inForce, ClusterConfig wanted) {}

            @Override
            public void fencing(@Nullable String missing) {}

            @Override
            public void failed(Action action, String reason) {}
        };
    }

    private void remembers(SystemIdentifier system, ClusterConfig config) {
        outage.config = config;
        outage.earlier =
                new ClusterRecord(
                        system,
                        urls(A, B),
                        B,
                        "postgres://10.0.0.2:5432/postgres",
                        timeline(1),
                        1,
                        "{}",
                        new ClusterRecord.Failsafe(false, Duration.ofSeconds(30)));
    }

    @Test
    void theServerIsConfiguredAsTheStoreSaidLastBeforeItIsStarted() {
        ClusterConfig last = config().times(45, 10, 10).build();
        remembers(SYSTEM, last);
        HaLoop loop = loop();
        loop.tick();
        assertThat(postgres.configured).containsExactly(last);
        Snapshot snapshot = board.latest();
        assertThat(snapshot == null ? null : snapshot.timing().ttl())
                .isEqualTo(Duration.ofSeconds(45));
        assertThat(postgres.begun).isEmpty();
        now = in(10);
        loop.tick();
        assertThat(postgres.begun)
                .hasSize(1)
                .hasOnlyElementsOfType(PostgresCommand.StartAsStandby.class);
        assertThat(inOrder).containsExactly("begun after 1");
    }

    @Test
    void whatIsRememberedOfAnotherClusterIsNotUsed() {
        remembers(new SystemIdentifier("7450000000000000999"), config().times(45, 10, 10).build());
        HaLoop loop = loop();
        loop.tick();
        now = in(60);
        loop.tick();
        assertThat(postgres.configured).isEmpty();
        assertThat(postgres.begun).isEmpty();
    }

    @Test
    void theCatalogsOldRowsAreKeptForSlotsWhileItIsNotKnownWhoNeedsThem() {
        ClusterConfig last = config().build();
        SlotSettings slots =
                new SlotSettings(
                        last.slots().memberTtl(),
                        new TreeMap<>(
                                Map.of(
                                        "feed",
                                        new SlotSettings.Permanent(
                                                new SlotSettings.Logical("app", "pgoutput"),
                                                SlotSettings.ClusterKind.ANY))),
                        List.of(),
                        last.slots().budget());
        remembers(SYSTEM, last.withSlots(slots));
        loop().tick();
        assertThat(postgres.configured.getFirst().slots().feedback()).isTrue();
    }
}
