package io.tamada.agent.cli;

import io.tamada.agent.postgres.LocalParameters;
import io.tamada.agent.postgres.PostgresSettings;
import io.tamada.agent.run.Programs;
import io.tamada.agent.run.ServerConfigCheck;
import io.tamada.agent.run.SettingsAsWritten;
import io.tamada.agent.run.SettingsMapping;
import io.tamada.agent.settings.AgentSettings;
import io.tamada.agent.settings.UnknownKeys;
import io.tamada.core.cluster.ClusterConfig;
import io.tamada.rest.control.ConfigCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Looks at a dynamic configuration as the agents' API does before it writes one, with the
/// PostgreSQL of this machine where there is one.
final class ConfigTrial {

    /// @param mistakes what keeps it from being written.
    /// @param notes what could not be looked at.
    /// @param doubts what is written all the same.
    record Verdict(List<String> mistakes, List<String> notes, List<String> doubts) {}

    private ConfigTrial() {}

    /// @param before what is stored: what was wrong in it already is no mistake of this change.
    /// @param agent the settings of an agent on this machine; null when the file is none's.
    static Verdict of(String before, String after, @Nullable AgentSettings agent) {
        SortedSet<String> notes = new TreeSet<>();
        List<String> mistakes = check(agent, notes).newMistakes(before, after);
        return new Verdict(mistakes, List.copyOf(notes), UnknownKeys.added(before, after));
    }

    private static ConfigCheck check(@Nullable AgentSettings agent, SortedSet<String> notes) {
        if (agent == null) {
            notes.add("parameters were not tried: the file given by -c is no agent's");
            return json -> SettingsAsWritten.of(json).mistakes();
        }
        Path programs =
                Programs.directory(agent.postgresql().binaryDirectory(), System.getenv("PATH"));
        PostgresSettings server =
                programs == null ? null : SettingsMapping.postgres(agent, programs);
        boolean here = server != null && LocalParameters.canBeAsked(server);
        if (!here) {
            notes.add("parameters were not tried: no server that can be asked on this machine");
        }
        return new ServerConfigCheck(
                () -> agent,
                part -> here && server != null ? refused(server, part, notes) : new TreeMap<>());
    }

    private static SortedMap<String, String> refused(
            PostgresSettings server, ClusterConfig.PostgresPart part, SortedSet<String> notes) {
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
