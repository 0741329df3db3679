package io.tamada.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.cluster.ClusterConfig.PostgresPart;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ServerParametersTest {

    private static final PostgresSettings SETTINGS =
            TestNode.settings(Path.of("/tmp"), "node-1", 5432);

    @Test
    void localOverridesDynamicAndControlledOverridesBoth() {
        ServerParameters parameters =
                of(
                        Map.of("shared_buffers", "1GB", "max_connections", "200", "port", "1"),
                        Map.of());
        assertThat(parameters.all())
                .containsEntry("shared_buffers", "16MB")
                .containsEntry("max_connections", "200")
                .containsEntry("port", "5432");
        assertThat(parameters.notes()).singleElement().asString().startsWith("port ");
    }

    @Test
    void valuesBelowTheMinimumAreReplacedByTheDefaultAndTold() {
        ServerParameters parameters =
                of(
                        Map.of(
                                "max_wal_senders",
                                "1",
                                "hot_standby",
                                "off",
                                "wal_level",
                                "minimal"),
                        Map.of());
        assertThat(parameters.controlled())
                .containsEntry("max_wal_senders", "10")
                .containsEntry("hot_standby", "on")
                .containsEntry("wal_level", "replica");
        assertThat(parameters.notes()).hasSize(3);
    }

    @Test
    void aStandbyGetsWhatItsControlFileDemands() {
        assertThat(of(Map.of(), Map.of("max_connections", 300, "max_worker_processes", 4)).all())
                .containsEntry("max_connections", "300")
                .containsEntry("max_worker_processes", "8");
    }

    @Test
    void oldSegmentsBecomeASize() {
        assertThat(of(Map.of("wal_keep_segments", "4"), Map.of()).all())
                .containsEntry("wal_keep_size", "64MB")
                .doesNotContainKey("wal_keep_segments");
    }

    @Test
    void theServersNotationIsUnderstood() {
        assertThat(ServerParameters.isSame("track_commit_timestamp", "true", "on")).isTrue();
        assertThat(ServerParameters.isSame("max_connections", "100", "101")).isFalse();
    }

    private static ServerParameters of(Map<String, String> dynamic, Map<String, Integer> minimums) {
        PostgresPart part =
                new PostgresPart(
                        false, true, false, false, new TreeMap<>(dynamic), List.of(), List.of());
        return ServerParameters.of(SETTINGS, part, minimums);
    }
}
