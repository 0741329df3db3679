package io.tamada.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.agent.postgres.DirectoryWatch.Freshness;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.wal.Lsn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// On a directory that looks like an instance, with programs that say what the test wants.
class DirectoryWatchTest {

    private static final String FAILS = "#!/bin/sh\necho fork: no more >&2\nexit 1\n";
    private static final String CANNOT_START = "#!/nonexistent\n";

    @TempDir Path root;

    private @Nullable PostgresSettings settings;
    private Path file = Path.of("");

    @BeforeEach
    void makeDirectory() throws IOException {
        PostgresSettings s = TestNode.settings(root, "node-a", 1);
        settings =
                new PostgresSettings(
                        s.scope(),
                        s.memberName(),
                        s.listen(),
                        s.connectAddress(),
                        s.localAccess(),
                        s.dataDirectory(),
                        PostgresSettings.Binaries.in(Files.createDirectory(root.resolve("bin"))),
                        s.configDirectory(),
                        s.stateDirectory(),
                        s.pgpass(),
                        s.roles(),
                        s.initdbOptions(),
                        s.basebackupOptions(),
                        s.parameters(),
                        s.hba(),
                        s.ident(),
                        s.bootstrap(),
                        s.output());
        program("postgres", "#!/bin/sh\necho 'postgres (PostgreSQL) 15.1'\n");
        program("initdb", "#!/bin/sh\n");
        Path data = Files.createDirectory(s.dataDirectory());
        DataDirectories.close(data);
        Files.writeString(data.resolve("PG_VERSION"), "15\n");
        file = Files.createDirectory(data.resolve("global")).resolve("pg_control");
        written(1);
        reads("1000");
    }

    private void program(String name, String text) throws IOException {
        // Replaced as a whole: a program that runs cannot be written to.
        Path made = root.resolve(name + ".new");
        Files.writeString(made, text);
        Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.move(
                made,
                root.resolve("bin").resolve(name),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    private void reads(String checkpoint) throws IOException {
        program(
                "pg_controldata",
                """
                #!/bin/sh
                cat <<'END'
                Database system identifier:           7450000000000000001
                Database cluster state:               in production
                Latest checkpoint location:           0/%s
                Latest checkpoint's TimeLineID:       1
                Minimum recovery ending location:     0/0
                Min recovery ending loc's timeline:   0
                END
                """
                        .formatted(checkpoint));
    }

    /// The server has written its control file.
    private void written(long second) throws IOException {
        Files.writeString(file, "");
        Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(second)));
    }

    private DirectoryWatch watch(Duration forgiven) throws IOException {
        PostgresSettings made = Objects.requireNonNull(settings);
        StateDirectory state = new StateDirectory(made.stateDirectory());
        state.create();
        return new DirectoryWatch(made, state, forgiven, Duration.ZERO);
    }

    private static Lsn checkpoint(DataDirectory seen) {
        assertThat(seen).isInstanceOf(DataDirectory.Ready.class);
        return ((DataDirectory.Ready) seen).control().checkpoint();
    }

    @Test
    void aLookThatFailsCostsNoServerThatRuns() throws IOException {
        DirectoryWatch watch = watch(Duration.ofMinutes(5));
        assertThat(checkpoint(watch.refresh(Freshness.RELAXED))).isEqualTo(new Lsn(0x1000));
        for (String failing : new String[] {FAILS, CANNOT_START}) {
            program("pg_controldata", failing);
            written(System.nanoTime() / 1_000_000_000);
            assertThat(checkpoint(watch.refresh(Freshness.RELAXED))).isEqualTo(new Lsn(0x1000));
            assertThat(checkpoint(watch.refresh(Freshness.RELAXED))).isEqualTo(new Lsn(0x1000));
        }
        assertThat(watch.refresh(Freshness.EXACT))
                .as("the server is down, or is being stopped")
                .isInstanceOf(DataDirectory.Unusable.class);
        reads("2000");
        assertThat(checkpoint(watch.refresh(Freshness.RELAXED))).isEqualTo(new Lsn(0x2000));
    }

    @Test
    void whatHasFailedForLongIsBelieved() throws Exception {
        DirectoryWatch watch = watch(Duration.ofSeconds(1));
        assertThat(checkpoint(watch.refresh(Freshness.RELAXED))).isEqualTo(new Lsn(0x1000));
        program("pg_controldata", FAILS);
        written(2);
        assertThat(watch.refresh(Freshness.RELAXED)).isInstanceOf(DataDirectory.Ready.class);
        TimeUnit.MILLISECONDS.sleep(1100);
        assertThat(watch.refresh(Freshness.RELAXED))
                .isInstanceOfSatisfying(
                        DataDirectory.Unusable.class,
                        unusable -> assertThat(unusable.reason()).contains("fork: no more"));
    }

    @Test
    void whatCannotBeMistakenIsBelievedAtOnce() throws IOException {
        DirectoryWatch watch = watch(Duration.ofMinutes(5));
        assertThat(checkpoint(watch.refresh(Freshness.RELAXED))).isEqualTo(new Lsn(0x1000));
        Files.delete(file);
        assertThat(watch.refresh(Freshness.RELAXED)).isInstanceOf(DataDirectory.Unusable.class);
    }

    @Test
    void aReadingThatHasFailedDoesNotPassForTheNewest() throws IOException {
        DirectoryWatch watch = watch(Duration.ZERO);
        assertThat(checkpoint(watch.refresh(Freshness.EXACT))).isEqualTo(new Lsn(0x1000));
        program("pg_controldata", CANNOT_START);
        written(2);
        assertThat(watch.refresh(Freshness.EXACT)).isInstanceOf(DataDirectory.Unusable.class);
        reads("2000");
        assertThat(checkpoint(watch.refresh(Freshness.EXACT))).isEqualTo(new Lsn(0x2000));
    }
}
