package io.tamada.agent.cli;

import io.tamada.agent.postgres.LocalParameters;
import io.tamada.agent.postgres.PostgresSettings;
import io.tamada.agent.run.Programs;
import io.tamada.agent.run.ServerConfigCheck;
import io.tamada.agent.run.SettingsMapping;
import io.tamada.agent.settings.AgentSettings;
import io.tamada.core.cluster.ClusterConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Looks at a dynamic configuration as the agents' API does before it writes one, with the
/// PostgreSQL of this machine where there is one.
final class ConfigTrial {

    /// @param mistakes what keeps it from being written.
    /// @param notes what could not be looked at.
    record Verdict(List<String> mistakes, List<String> notes) {}

    private ConfigTrial() {}

    /// @param agent the settings of an agent on this machine; null when the file is none's.
    static Verdict of(String json, @Nullable AgentSettings agent) {
        List<String> notes = new ArrayList<>();
        if (agent == null) {
            notes.add("parameters were not tried: the file given by -c is no agent's");
            return new Verdict(List.of(), notes);
        }
        Path programs =
                Programs.directory(agent.postgresql().binaryDirectory(), System.getenv("PATH"));
        PostgresSettings server =
                programs == null ? null : SettingsMapping.postgres(agent, programs);
        boolean here = server != null && LocalParameters.canBeAsked(server);
        if (!here) {
            notes.add("parameters were not tried: no server that can be asked on this machine");
        }
        List<String> mistakes =
                new ServerConfigCheck(
                                () -> agent,
                                part ->
                                        here && server != null
                                                ? refused(server, part, notes)
                                                : new TreeMap<>())
                        .mistakes(json);
        return new Verdict(mistakes, notes);
    }

    private static SortedMap<String, String> refused(
            PostgresSettings server, ClusterConfig.PostgresPart part, List<String> notes) {
        try {
            return LocalParameters.refused(server, part);
        } catch (IOException failure) {
            notes.add("parameters were not tried: " + failure.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return new TreeMap<>();
    }
}
