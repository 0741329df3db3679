package io.tamada.agent.settings;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Settings from text, for the tests of this package.
final class SettingsText {

    /// The least that an agent can start with.
    static final String LEAST =
            """
            scope: shop
            name: node-a
            restapi:
              listen: 127.0.0.1:8008
            etcd3:
              hosts: 10.0.0.1:2379
            postgresql:
              listen: 127.0.0.1:5432
              data_dir: data/a
              authentication:
                replication:
                  username: replicator
                  password: rep-secret
            """;

    private SettingsText() {}

    static SettingsResult read(String yaml, Map<String, String> environment) {
        try {
            Path directory = Files.createTempDirectory("settings");
            Path file = directory.resolve("CONFIG.yml");
            try {
                Files.writeString(file, yaml);
                return SettingsReader.read(file, environment);
            } finally {
                Files.deleteIfExists(file);
                Files.delete(directory);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static AgentSettings loaded(String yaml) {
        return loaded(yaml, Map.of());
    }

    static AgentSettings loaded(String yaml, Map<String, String> environment) {
        return switch (read(yaml, environment)) {
            case SettingsResult.Loaded(var settings, var _) -> settings;
            case SettingsResult.Refused(var errors, var _) ->
                    throw new AssertionError(String.join("\n", errors));
        };
    }

    /// The errors without the directory before the file's name.
    static List<String> errors(String yaml) {
        return switch (read(yaml, Map.of())) {
            case SettingsResult.Loaded _ -> List.of();
            case SettingsResult.Refused(var errors, var _) -> withoutDirectory(errors);
        };
    }

    static List<String> warnings(String yaml) {
        return withoutDirectory(read(yaml, Map.of()).warnings());
    }

    private static List<String> withoutDirectory(List<String> lines) {
        return lines.stream().map(line -> line.replaceFirst("^.*/CONFIG", "CONFIG")).toList();
    }
}
