package io.tamada.agent.run;

import io.tamada.agent.log.AgentLog;
import io.tamada.agent.settings.AgentSettings;
import io.tamada.agent.settings.SettingsChange;
import io.tamada.agent.settings.SettingsReader;
import io.tamada.agent.settings.SettingsResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// SIGHUP: reads the settings again and puts into force what can be changed in a running agent. A
/// file with a mistake changes nothing.
public final class Reload {

    private static final Logger LOG = LoggerFactory.getLogger(Reload.class);

    private final @Nullable Path configFile;
    private final Consumer<AgentSettings> accept;
    private AgentSettings current;

    /// @param accept hears the new settings; takes over what it can.
    public Reload(AgentSettings first, @Nullable Path configFile, Consumer<AgentSettings> accept) {
        this.current = first;
        this.configFile = configFile;
        this.accept = accept;
    }

    public synchronized void run() {
        SettingsResult result =
                configFile == null
                        ? SettingsReader.read(System.getenv())
                        : SettingsReader.read(configFile, System.getenv());
        switch (result) {
            case SettingsResult.Refused(var errors, _) -> {
                LOG.error("reload: the settings have mistakes and were not taken over");
                errors.forEach(error -> LOG.error("{}", error));
            }
            case SettingsResult.Loaded loaded -> {
                loaded.warnings().forEach(warning -> LOG.warn("{}", warning));
                takeOver(loaded.settings());
            }
        }
    }

    private void takeOver(AgentSettings next) {
        SettingsChange change = current.reload(next);
        if (change.isEmpty()) {
            LOG.info("reload: nothing has changed");
            return;
        }
        LOG.info("reload: changed {}", change.changed());
        if (!change.needRestart().isEmpty()) {
            LOG.warn("reload: these wait for a restart of the agent: {}", change.needRestart());
        }
        AgentLog log = AgentLog.installed();
        if (log != null) {
            try {
                log.reload(next.log());
            } catch (IOException e) {
                LOG.error("reload: the log stays as it is: {}", e.getMessage());
            }
        }
        accept.accept(next);
        current = next;
    }
}
