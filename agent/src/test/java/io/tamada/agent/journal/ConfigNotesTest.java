package io.tamada.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.lease.LeaderLease;
import io.tamada.core.member.MemberName;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConfigNotesTest {

    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final LeaderLease HELD = new LeaderLease.Held(Snapshots.AT);
    private static final LeaderLease OTHERS = new LeaderLease.HeldByOther(new MemberName("b"));

    private static final class CountingStore implements ConfigNotes.Store {
        private int asked;
        private boolean silent;

        @Override
        public synchronized boolean note(Instant at, Duration timeout) {
            asked++;
            notifyAll();
            return !silent;
        }

        synchronized void await(int wanted) throws InterruptedException {
            while (asked < wanted) {
                wait();
            }
        }

        synchronized int asked() {
            return asked;
        }
    }

    private final CountingStore store = new CountingStore();

    @Test
    void theLeaderLooksWhenTheConfigurationIsAnotherOneAndOtherwiseNot() throws Exception {
        try (ConfigNotes notes = new ConfigNotes(store).start()) {
            notes.observed(Snapshots.configured("{\"ttl\":30}", HELD), NOON);
            store.await(1);
            notes.observed(Snapshots.configured("{\"ttl\":30}", HELD), NOON);
            notes.observed(Snapshots.configured("{\"ttl\":20}", HELD), NOON);
            store.await(2);
        }
        assertThat(store.asked()).isEqualTo(2);
    }

    @Test
    void whoDoesNotLeadLeavesItToTheLeaderAndLooksWhenItLeads() throws Exception {
        try (ConfigNotes notes = new ConfigNotes(store).start()) {
            notes.observed(Snapshots.configured("{\"ttl\":30}", HELD), NOON);
            store.await(1);
            notes.observed(Snapshots.configured("{\"ttl\":20}", OTHERS), NOON);
            notes.observed(Snapshots.configured("{\"ttl\":10}", OTHERS), NOON);
            assertThat(store.asked()).isEqualTo(1);
            notes.observed(Snapshots.configured("{\"ttl\":10}", HELD), NOON);
            store.await(2);
        }
    }

    @Test
    void aStoreThatDoesNotAnswerIsAskedAgain() throws Exception {
        store.silent = true;
        try (ConfigNotes notes = new ConfigNotes(store).start()) {
            notes.observed(Snapshots.configured("{\"ttl\":30}", HELD), NOON);
            store.await(2);
        }
    }
}
