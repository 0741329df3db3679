package io.tamada.agent.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.agent.run.PauseEnd.Step;
import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.ConfigChange.Author;
import io.tamada.core.loop.SnapshotBoard;
import io.tamada.core.port.ClusterStore.WriteOutcome;
import io.tamada.core.port.ControlStore;
import io.tamada.dcs.codec.ClusterConfigCodec;
import io.tamada.dcs.kv.Bytes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PauseEndTest {

    private static final Instant END = Instant.parse("2026-08-01T04:00:00Z");
    private static final String NOTE =
            "\"tamada\":{\"pause_reason\":\"a new kernel\","
                    + "\"pause_until\":\"2026-08-01T06:00:00+02:00\"}";
    private static final String PAUSED = "{\"ttl\":30,\"pause\":true," + NOTE + "}";

    /// One key and its revision.
    private static final class Store implements ControlStore {

        String config;
        boolean reachable = true;
        int writes;

        Store(String config) {
            this.config = config;
        }

        @Override
        public Sight read(Duration timeout) {
            return reachable
                    ? new Sight.Seen(view(config), new StoredConfig(config, writes))
                    : new Sight.Unreachable("no answer");
        }

        @Override
        public WriteOutcome replaceConfig(
                String json, long seenRevision, Author author, Duration timeout) {
            if (seenRevision != writes) {
                return new WriteOutcome.Refused("changed");
            }
            config = json;
            writes++;
            return new WriteOutcome.Done();
        }

        @Override
        public WriteOutcome request(
                @Nullable String leader,
                @Nullable String candidate,
                @Nullable String scheduledAt,
                Duration timeout) {
            throw new AssertionError("nothing is asked of anybody");
        }

        @Override
        public WriteOutcome clearRequest(long seenRevision, Duration timeout) {
            throw new AssertionError("nothing is taken back");
        }

        @Override
        public WriteOutcome putConfig(String json, Author author, Duration timeout) {
            throw new AssertionError("no configuration is overwritten unread");
        }
    }

    private static ClusterView view(String config) {
        ClusterView none = ClusterView.EMPTY;
        return new ClusterView(
                1,
                none.initialization(),
                null,
                none.members(),
                PauseEndTest.read(config),
                none.history(),
                0,
                none.status(),
                null,
                0,
                null,
                none.failsafe(),
                null);
    }

    private static ClusterConfig read(String json) {
        return Objects.requireNonNull(
                ClusterConfigCodec.decode(
                        Bytes.utf8(json),
                        sentence -> {
                            throw new AssertionError(sentence);
                        }));
    }

    private static Step due(String json, boolean leads, Duration afterTheEnd) {
        return PauseEnd.due(read(json), leads, END.plus(afterTheEnd));
    }

    private static PauseEnd at(Store store, Duration afterTheEnd) {
        return new PauseEnd(new SnapshotBoard(), store, InstantSource.fixed(END.plus(afterTheEnd)));
    }

    @Test
    void theLeaderEndsAPauseAtItsTimeAndTheOthersAMinuteLater() {
        assertThat(due(PAUSED, true, Duration.ofMillis(-1))).isEqualTo(Step.NOTHING);
        assertThat(due(PAUSED, true, Duration.ZERO)).isEqualTo(Step.END);
        assertThat(due(PAUSED, false, Duration.ofSeconds(59))).isEqualTo(Step.NOTHING);
        assertThat(due(PAUSED, false, Duration.ofSeconds(60))).isEqualTo(Step.END);
    }

    @Test
    void aPauseWithoutTimeLastsUntilSomebodyEndsIt() {
        String forEver = "{\"pause\":true,\"tamada\":{\"pause_reason\":\"a new kernel\"}}";
        assertThat(due(forEver, true, Duration.ofDays(1000))).isEqualTo(Step.NOTHING);
    }

    @Test
    void whatIsLeftOfAPauseThatSomebodyElseHasEndedIsTakenAwayByTheLeader() {
        String resumed = "{" + NOTE + "}";
        assertThat(due(resumed, true, Duration.ofHours(-1))).isEqualTo(Step.TIDY);
        assertThat(due(resumed, false, Duration.ofHours(1))).isEqualTo(Step.NOTHING);
        assertThat(due("{\"ttl\":30}", true, Duration.ofHours(1))).isEqualTo(Step.NOTHING);
    }

    @Test
    void theEndIsWrittenWithAllThatBelongsToThePauseAndNothingElse() {
        Store store = new Store(PAUSED);
        at(store, Duration.ZERO).look(read(PAUSED), true);
        assertThat(store.config).isEqualTo("{\"ttl\":30}");

        String more = PAUSED.replace("{\"pause_reason\"", "{\"rebuild_lag\":7,\"pause_reason\"");
        store = new Store(more);
        at(store, Duration.ZERO).look(read(more), true);
        assertThat(store.config).isEqualTo("{\"ttl\":30,\"tamada\":{\"rebuild_lag\":7}}");
    }

    @Test
    void aPauseThatWasMadeLongerMeanwhileGoesOn() {
        String longer = PAUSED.replace("06:00", "09:00");
        Store store = new Store(longer);
        at(store, Duration.ZERO).look(read(PAUSED), true);
        assertThat(store.config).isEqualTo(longer);
    }

    @Test
    void aStoreThatDoesNotAnswerIsAskedAgain() {
        Store store = new Store(PAUSED);
        store.reachable = false;
        PauseEnd end = at(store, Duration.ZERO);
        end.look(read(PAUSED), true);
        assertThat(store.config).isEqualTo(PAUSED);
        store.reachable = true;
        end.look(read(PAUSED), true);
        assertThat(store.config).isEqualTo("{\"ttl\":30}");
    }
}
