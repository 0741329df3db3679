package io.tamada.agent.postgres;

import io.tamada.core.cluster.ClusterConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Stream;

/// Asks the PostgreSQL of this machine about parameters, beside the agent that runs it or without
/// one. Writes nothing near the data.
public final class LocalParameters {

    private LocalParameters() {}

    /// Whether there is an instance that this user can look into.
    public static boolean canBeAsked(PostgresSettings settings) {
        return Files.isReadable(settings.dataDirectory().resolve("PG_VERSION"));
    }

    /// The parameters that the server would not start with, each with its reason.
    public static SortedMap<String, String> refused(
            PostgresSettings settings, ClusterConfig.PostgresPart wanted)
            throws IOException, InterruptedException {
        Path scratch = Files.createTempDirectory("tamada-check");
        try {
            return new ParameterCheck(settings, new StateDirectory(scratch), "check")
                    .refused(ServerParameters.of(settings, wanted, Map.of()).all());
        } finally {
            try (Stream<Path> all = Files.walk(scratch)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            }
        }
    }
}
