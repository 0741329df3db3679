package io.tamada.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.wal.Timeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SkippedTimelinesTest {

    private static final String REAL = "1\t0/3000000\tno recovery target specified\n";

    @TempDir private Path data;

    @BeforeEach
    void makeWalDirectory() throws IOException {
        Files.createDirectories(data.resolve("pg_wal/archive_status"));
    }

    @Test
    void theNumbersInBetweenAreTakenAndWillBeArchived() throws IOException {
        SkippedTimelines.skip(data, new Timeline(9), new Timeline(12));
        assertThat(histories()).containsExactly("0000000A.history", "0000000B.history");
        assertThat(data.resolve("pg_wal/archive_status/0000000A.history.ready")).exists();
    }

    @Test
    void theNextNumberNeedsNoFile() throws IOException {
        SkippedTimelines.skip(data, new Timeline(1), new Timeline(2));
        assertThat(histories()).isEmpty();
    }

    @Test
    void aHistoryThatIsThereStaysAsItIs() throws IOException {
        Files.writeString(history(2), REAL);
        SkippedTimelines.skip(data, new Timeline(1), new Timeline(4));
        assertThat(history(2)).hasContent(REAL.strip());
        assertThat(history(3)).hasContent(SkippedTimelines.CONTENT.strip());
    }

    @Test
    void afterAFailedPromotionTheNumbersAreGivenBack() throws IOException {
        Files.writeString(history(2), REAL);
        SkippedTimelines.skip(data, new Timeline(1), new Timeline(5));
        SkippedTimelines.forgetUnused(data);
        assertThat(histories()).containsExactly("00000002.history");
        try (Stream<Path> ready = Files.list(data.resolve("pg_wal/archive_status"))) {
            assertThat(ready).isEmpty();
        }
    }

    @Test
    void afterAPromotionTheSkippedNumbersStaySinceStandbysFetchThem() throws IOException {
        SkippedTimelines.skip(data, new Timeline(1), new Timeline(3));
        Files.writeString(history(3), REAL);
        SkippedTimelines.forgetUnused(data);
        assertThat(histories()).containsExactly("00000002.history", "00000003.history");
    }

    private Path history(int timeline) {
        return data.resolve("pg_wal").resolve(String.format("%08X.history", timeline));
    }

    private List<String> histories() throws IOException {
        try (Stream<Path> files = Files.list(data.resolve("pg_wal"))) {
            return files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }
}
