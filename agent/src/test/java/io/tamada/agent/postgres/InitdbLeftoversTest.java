package io.tamada.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.agent.hooks.Scripts;
import io.tamada.agent.os.PosixClock;
import io.tamada.agent.postgres.StateDirectory.Mark;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.ProbeBoard;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An agent finds the mark of a bootstrap that it has not seen the end of.
@Unprivileged
class InitdbLeftoversTest {

    @TempDir Path root;

    private PostgresSettings settings = TestNode.settings(Path.of("/tmp"), "node-1", 5432);
    private StateDirectory state = new StateDirectory(settings.stateDirectory());
    private Path data = settings.dataDirectory();
    private DataDirectory seen = new DataDirectory.Empty();

    /// What initdb makes, to its end, in a bootstrap that began just before.
    @BeforeEach
    void anInstanceOfInitdbAndTheMark() throws Exception {
        settings = TestNode.settings(root, "node-1", 5432);
        state = new StateDirectory(settings.stateDirectory());
        data = settings.dataDirectory();
        InitdbTemplate.copyInto(settings);
        state.bootstrapDone();
        mark(Instant.now().minus(Duration.ofHours(1)));
    }

    private void mark(Instant at) throws Exception {
        state.mark(Mark.INITDB);
        Files.setLastModifiedTime(state.markFile(Mark.INITDB), FileTime.from(at));
    }

    private @Nullable String start() throws Exception {
        try (LinuxPostgresControl control =
                new LinuxPostgresControl(
                        settings,
                        new PosixClock(),
                        new ProbeBoard(),
                        () -> {},
                        () -> Scripts.NONE,
                        () -> false,
                        () -> true)) {
            String refused = control.start();
            seen = control.observe().directory();
            return refused;
        }
    }

    @Test
    void whatInitdbHasLeftIsRemovedAndTheBootstrapBeginsAnew() throws Exception {
        assertThat(start()).isNull();
        assertThat(seen).isEqualTo(new DataDirectory.Empty());
        assertThat(state.marked()).isNull();
    }

    @Test
    void soIsWhatHasNoControlFileYet() throws Exception {
        mark(Instant.now().plus(Duration.ofHours(1)));
        Files.delete(data.resolve("global/pg_control"));
        assertThat(start()).isNull();
        assertThat(seen).isEqualTo(new DataDirectory.Empty());
    }

    @Test
    void anInstanceThatIsOlderThanTheBootstrapIsLeftAloneAndTheMarkIsNamed() throws Exception {
        mark(Instant.now().plus(Duration.ofMinutes(1)));
        assertThat(start())
                .contains("nothing was changed")
                .contains("rm " + settings.stateDirectory().resolve("initdb.unfinished"))
                .contains("mv " + data + " " + data + ".old");
        assertThat(data.resolve("global/pg_control")).exists();
        assertThat(data.resolve("base")).isNotEmptyDirectory();

        state.unmark(Mark.INITDB);
        assertThat(start()).as("as the line says").isNull();
        assertThat(seen).isInstanceOf(DataDirectory.Ready.class);
    }

    @Test
    void soIsOneThatAServerHasRunOnOrThatIsABackup() throws Exception {
        for (String trace : new String[] {"postmaster.opts", "backup_label"}) {
            Files.writeString(data.resolve(trace), "");
            assertThat(start()).contains("nothing was changed");
            Files.delete(data.resolve(trace));
        }
        Files.write(data.resolve("global/pg_control"), new byte[4]);
        assertThat(start()).contains("nothing was changed");
    }

    @Test
    void aDirectoryThatWasMovedAwayIsMadeAnew() throws Exception {
        mark(Instant.now().plus(Duration.ofMinutes(1)));
        Files.move(data, data.resolveSibling("node-1.old"));
        assertThat(start()).isNull();
        assertThat(seen).isEqualTo(new DataDirectory.Empty());
        assertThat(state.marked()).isNull();
    }
}
