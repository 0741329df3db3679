package io.tamada.agent.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tamada.agent.settings.LogSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.logging.LogManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class AgentLogTest {

    @TempDir Path directory;

    @AfterEach
    void giveTheJavaLoggingBack() throws IOException {
        LogManager.getLogManager().readConfiguration();
    }

    private LogSettings settings(LogSettings.Level level, Path into, long fileSize) {
        return new LogSettings(
                LogSettings.Type.PLAIN,
                level,
                LogSettings.Level.ERROR,
                "%(levelname)s: %(message)s",
                List.of(),
                null,
                1000,
                into,
                0640,
                2,
                fileSize,
                Map.of("io.netty.loud", LogSettings.Level.DEBUG),
                Map.of());
    }

    @Test
    void theLevelHoldsAndLibrariesSpeakOnlyFromWarningUp() throws Exception {
        try (AgentLog log =
                AgentLog.start(settings(LogSettings.Level.INFO, directory, 1_000_000))) {
            LoggerFactory.getLogger("io.tamada.x").debug("too quiet");
            LoggerFactory.getLogger("io.tamada.x").info("said {}", "once");
            LoggerFactory.getLogger("io.netty.x").info("chatter");
            LoggerFactory.getLogger("io.grpc.x").warn("trouble");
            LoggerFactory.getLogger("io.netty.loud").debug("asked for");
            assertThat(AgentLog.installed()).isSameAs(log);
            assertThat(log.recordsLost()).isZero();
        }
        assertThat(AgentLog.installed()).isNull();
        Path file = directory.resolve("patroni.log");
        assertThat(file).hasContent("INFO: said once\nWARNING: trouble\nDEBUG: asked for\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r-----");
    }

    @Test
    void aFileThatIsFullIsTurnedOverAndTheOldestGoes() throws Exception {
        try (AgentLog _ = AgentLog.start(settings(LogSettings.Level.INFO, directory, 25))) {
            for (int i = 1; i <= 4; i++) {
                LoggerFactory.getLogger("io.tamada.x").info("a line of text {}", i);
            }
        }
        assertThat(directory.resolve("patroni.log")).hasContent("INFO: a line of text 4\n");
        assertThat(directory.resolve("patroni.log.1")).hasContent("INFO: a line of text 3\n");
        assertThat(directory.resolve("patroni.log.2")).hasContent("INFO: a line of text 2\n");
        assertThat(directory.resolve("patroni.log.3")).doesNotExist();
    }

    @Test
    void aReloadChangesLevelAndPlaceWithoutLosingALine() throws Exception {
        Path other = Files.createDirectory(directory.resolve("other"));
        try (AgentLog log =
                AgentLog.start(settings(LogSettings.Level.WARNING, directory, 1_000_000))) {
            LoggerFactory.getLogger("io.tamada.x").info("before");
            log.reload(settings(LogSettings.Level.DEBUG, other, 1_000_000));
            LoggerFactory.getLogger("io.tamada.x").debug("after");
        }
        assertThat(directory.resolve("patroni.log")).isEmptyFile();
        assertThat(other.resolve("patroni.log")).hasContent("DEBUG: after\n");
    }

    @Test
    void aDirectoryThatIsNotThereIsReportedAtOnce() {
        Path missing = directory.resolve("missing");

        assertThatThrownBy(
                        () -> AgentLog.start(settings(LogSettings.Level.INFO, missing, 1_000_000)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("missing");
    }
}
