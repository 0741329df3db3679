package io.tamada.agent.cli;

import io.tamada.agent.settings.SettingsResult;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Reads a configuration as the agent would, environment included, and reports what it thinks.
@Command(
        name = "validate-config",
        description = "Read a configuration and report every mistake in it.",
        footer = {"", "Example: tamada validate-config /etc/patroni/config.yml"})
final class ValidateConfigCommand implements Callable<Integer> {

    @Parameters(paramLabel = "CONFIG.yml", description = "A Patroni YAML file or a directory.")
    private @Nullable Path file;

    @Override
    public Integer call() {
        SettingsResult result = AgentCommand.read(file);
        result.warnings().forEach(warning -> System.err.println("warning: " + warning));
        return switch (result) {
            case SettingsResult.Loaded(var settings, var _) -> {
                System.out.println(
                        file + ": valid, member " + settings.name() + " of " + settings.scope());
                yield 0;
            }
            case SettingsResult.Refused(var errors, var _) -> {
                errors.forEach(System.err::println);
                yield AgentCommand.BAD_CONFIGURATION;
            }
        };
    }
}
