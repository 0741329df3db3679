package io.tamada.agent;

import io.tamada.agent.settings.AgentSettings;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Puts the agent together and runs it until it is told to stop.
public final class Wiring {

    private Wiring() {}

    /// @param configFile where SIGHUP reads the settings again; null when they came from the
    ///     environment alone.
    /// @return the exit code of the process.
    public static int run(AgentSettings settings, @Nullable Path configFile) {
        System.out.println(configFile + ": " + settings);
        return 0;
    }
}
