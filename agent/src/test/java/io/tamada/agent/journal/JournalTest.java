package io.tamada.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class JournalTest {

    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    @TempDir Path directory;

    private static Event event(String what) {
        return new Event(NOON, Event.Kind.AGENT, Map.of("what", what));
    }

    @Test
    void theNextLifeGoesOnWithTheNumbersAndShowsWhatWasBefore() throws Exception {
        try (Journal first = new Journal(directory)) {
            first.open();
            first.add(event("started"));
        }
        // The machine lost its power in the middle of a line.
        Path file = directory.resolve("journal.jsonl");
        Files.writeString(file, Files.readString(file) + "{\"seq\":2,\"ti");
        try (Journal second = new Journal(directory)) {
            second.open();
            second.add(event("started again"));
            assertThat(second.latest(10))
                    .containsExactly(
                            "{\"seq\":1,\"time\":\"2026-03-01T12:00:00.000Z\",\"kind\":\"agent\","
                                    + "\"what\":\"started\"}",
                            "{\"seq\":2,\"time\":\"2026-03-01T12:00:00.000Z\",\"kind\":\"agent\","
                                    + "\"what\":\"started again\"}");
            assertThat(second.latest(1)).singleElement().asString().contains("again");
            assertThat(second.latest(0)).isEmpty();
        }
        assertThat(JournalFile.latest(directory, 10)).hasSize(2);
        assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
    }

    @Test
    void bothFilesTogetherStayWithinTwiceTheLimitAndTheNewestLinesAreKept() throws Exception {
        try (JournalFile file = new JournalFile(directory, 1_000)) {
            for (int i = 1; i <= 200; i++) {
                file.write(event("number " + i).line(i));
            }
        }
        assertThat(Files.size(directory.resolve("journal.jsonl"))).isPositive().isLessThan(1_001);
        assertThat(Files.size(directory.resolve("journal.1.jsonl"))).isPositive().isLessThan(1_001);
        List<String> latest = JournalFile.latest(directory, 3);
        assertThat(latest).hasSize(3);
        assertThat(latest.getFirst()).contains("number 198\"");
        assertThat(latest.getLast()).contains("number 200\"");
    }

    @Test
    void aDiskThatHangsHoldsNobodyAndItsLostLinesAreCounted() throws Exception {
        CountDownLatch disk = new CountDownLatch(1);
        CountDownLatch hanging = new CountDownLatch(1);
        List<String> written = new CopyOnWriteArrayList<>();
        JournalSink sink =
                new JournalSink() {
                    @Override
                    public void write(String line) throws IOException {
                        hanging.countDown();
                        try {
                            disk.await();
                        } catch (InterruptedException interrupted) {
                            throw new IOException(interrupted);
                        }
                        written.add(line);
                    }

                    @Override
                    public void close() {}
                };
        try (Journal journal = new Journal(directory, sink)) {
            journal.open();
            journal.add(event("first"));
            assertThat(hanging.await(20, TimeUnit.SECONDS)).isTrue();
            for (int i = 0; i < 1_500; i++) {
                journal.add(event("more"));
            }
            assertThat(journal.lost()).isEqualTo(500);
            assertThat(journal.latest(1_000)).hasSize(Journal.SHOWN);
            disk.countDown();
        }
        // The number of lines lost stands where the first line after them stands.
        assertThat(written).hasSize(1_002);
        assertThat(written.get(1)).contains("\"kind\":\"lost\",\"lines\":500");
    }

    @Test
    void aDiskThatRefusesIsCountedToo() {
        JournalSink sink =
                new JournalSink() {
                    @Override
                    public void write(String line) throws IOException {
                        throw new IOException("No space left on device");
                    }

                    @Override
                    public void close() {}
                };
        Journal journal = new Journal(directory, sink);
        journal.open();
        journal.add(event("one"));
        journal.add(event("two"));
        journal.close();
        assertThat(journal.lost()).isEqualTo(2);
        assertThat(journal.latest(5)).hasSize(2);
    }

    @Test
    void noSecretIsWrittenDown() {
        String line =
                new Event(
                                NOON,
                                Event.Kind.FAILURE,
                                Map.of(
                                        "reason",
                                        "connection to host=a password=geheim user=x failed,"
                                                + " postgres://joe:geheim@a/db, PASSWORD='ge heim'"))
                        .line(1);
        assertThat(line).doesNotContain("geheim", "ge heim").contains("user=x", "joe:***@a/db");
    }
}
