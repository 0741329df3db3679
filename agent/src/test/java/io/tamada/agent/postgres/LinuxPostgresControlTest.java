package io.tamada.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.LocalPostgres;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.StopMode;
import io.tamada.core.wal.Timeline;
import io.tamada.core.wal.TimelineHistory;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One node on real PostgreSQL.
@Unprivileged
class LinuxPostgresControlTest {

    @TempDir Path root;

    @Test
    void aNewInstanceStartsIsProvisionedAndAnswers() throws Exception {
        try (TestNode node = new TestNode(root, "node-a")) {
            assertThat(node.control.observe().directory()).isEqualTo(new DataDirectory.Empty());
            assertThat(node.control.observe().isDown()).isTrue();
            node.bootstrap();

            ServerStatus status = node.awaitStatus(s -> true);
            assertThat(status.inRecovery()).isFalse();
            assertThat(status.timeline()).isEqualTo(Timeline.FIRST);
            assertThat(status.written()).isNotNull();
            assertThat(status.checkpointAfterPromote()).isTrue();
            assertThat(status.pendingRestart()).isFalse();
            assertThat(status.history()).isEqualTo(TimelineHistory.EMPTY);
            LocalPostgres seen = node.control.observe();
            assertThat(seen.directory())
                    .isInstanceOfSatisfying(
                            DataDirectory.Ready.class,
                            ready -> {
                                assertThat(ready.knownHere()).isTrue();
                                assertThat(ready.standbySignal()).isFalse();
                            });
            assertThat(Objects.requireNonNull(node.board.latest()).status()).isNotNull();
            assertThat(
                            node.query(
                                    "SELECT string_agg(rolname, ',' ORDER BY rolname) FROM pg_roles"
                                            + " WHERE rolname IN ('replicator', 'rewinder')"))
                    .isEqualTo("replicator,rewinder");

            node.succeed(new PostgresCommand.Stop(StopMode.FAST));
            assertThat(node.control.observe().isDown()).isTrue();
        }
    }
}
