package io.tamada.agent.cli;

import io.tamada.agent.Wiring;
import io.tamada.agent.log.AgentLog;
import io.tamada.agent.os.Privileges;
import io.tamada.agent.run.SuddenEnd;
import io.tamada.agent.settings.AgentSettings;
import io.tamada.agent.settings.SettingsReader;
import io.tamada.agent.settings.SettingsResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Runs one agent in the foreground.
@Command(
        name = "agent",
        description = "Run one agent in the foreground; without a file, from PATRONI_* variables.",
        footer = {"", "Example: tamada agent /etc/patroni/config.yml"})
public final class AgentCommand implements Callable<Integer> {

    /// The exit code for settings that cannot be used.
    static final int BAD_CONFIGURATION = 2;

    @Parameters(
            arity = "0..1",
            paramLabel = "CONFIG.yml",
            description = "A Patroni YAML file or a directory of them.")
    private @Nullable Path file;

    @Override
    public Integer call() {
        return run(file);
    }

    /// Reads the settings, gives up root's rights, starts the log, and runs the agent.
    ///
    /// @param file null to read the environment alone.
    public static int run(@Nullable Path file) {
        SettingsResult result = read(file);
        return switch (result) {
            case SettingsResult.Refused(var errors, var warnings) -> {
                warnings.forEach(warning -> System.err.println("warning: " + warning));
                errors.forEach(System.err::println);
                yield BAD_CONFIGURATION;
            }
            case SettingsResult.Loaded loaded -> run(loaded, file);
        };
    }

    static SettingsResult read(@Nullable Path file) {
        return file == null
                ? SettingsReader.read(System.getenv())
                : SettingsReader.read(file, System.getenv());
    }

    private static int run(SettingsResult.Loaded loaded, @Nullable Path file) {
        SuddenEnd.install();
        AgentSettings settings = loaded.settings();
        Privileges.Result privileges = Privileges.dropFor(settings.postgresql().dataDirectory());
        if (privileges instanceof Privileges.Refused(String reason)) {
            System.err.println(reason);
            return BAD_CONFIGURATION;
        }
        try (AgentLog _ = AgentLog.start(settings.log())) {
            Logger log = LoggerFactory.getLogger(AgentCommand.class);
            loaded.warnings().forEach(log::warn);
            if (privileges instanceof Privileges.Dropped(var owner)) {
                log.info("started as root, running as {} from here on", owner.name());
            }
            return Wiring.run(settings, file);
        } catch (IOException e) {
            System.err.println(
                    "log.dir: found "
                            + settings.log().directory()
                            + ", where the log cannot be written ("
                            + e.getMessage()
                            + "), expected a directory that the agent's user may write to");
            return BAD_CONFIGURATION;
        }
    }
}
