package io.tamada.agent.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tamada.agent.settings.StoreSettings;
import io.tamada.agent.settings.YamlText;
import io.tamada.core.cluster.ConfigChange;
import io.tamada.core.port.ControlStore.StoredConfig;
import io.tamada.dcs.codec.ConfigHistory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The dynamic configuration.
@Command(
        name = "show-config",
        description = "Show the dynamic configuration as YAML, or its last changes.",
        footer = {"", "Example: tamada -c /etc/patroni/config.yml show-config"})
final class ShowConfigCommand extends StoreCommand {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @Parameters(arity = "0..1", paramLabel = "CLUSTER", description = "The cluster's name.")
    private @Nullable String scope;

    @Option(
            names = {"--history"},
            description = "Show who has changed what, and when, instead.")
    private boolean history;

    @Option(
            names = {"-f", "--format"},
            converter = Format.Converter.class,
            completionCandidates = Format.Words.class,
            description = "Of the history: ${COMPLETION-CANDIDATES} (default: pretty).")
    private @Nullable Format format;

    @Override
    void run(StoreOptions store) throws StoreOptions.Failure {
        StoreSettings settings = store.settings();
        String name = StoreOptions.scope(scope, settings);
        if (history) {
            showHistory(settings, name);
            return;
        }
        if (format != null) {
            throw new StoreOptions.Failure(
                    AgentCommand.BAD_CONFIGURATION,
                    "--format: found without --history, expected beside it");
        }
        StoredConfig config = StoreOptions.read(settings, List.of(name)).getFirst().seen().config();
        if (config == null) {
            throw new StoreOptions.Failure(
                    1, "cluster " + name + " has no configuration in etcd: is the name right?");
        }
        try {
            print(YamlText.block(new ObjectMapper().readValue(config.json(), Object.class)));
        } catch (JsonProcessingException malformed) {
            throw new StoreOptions.Failure(
                    1, "the config key holds no JSON: " + malformed.getOriginalMessage());
        }
    }

    private void showHistory(StoreSettings settings, String name) throws StoreOptions.Failure {
        ConfigHistory known =
                StoreOptions.ask(
                                settings,
                                name,
                                control -> Optional.ofNullable(control.configHistory(TIMEOUT)))
                        .orElseThrow(() -> new StoreOptions.Failure(1, "etcd does not answer"));
        Format form = format == null ? Format.PRETTY : format;
        List<List<Object>> rows = new ArrayList<>();
        for (ConfigChange change : known.changes()) {
            rows.add(
                    List.of(
                            change.at(),
                            change.by(),
                            change.how(),
                            String.join(form.isForPeople() ? "\n" : "; ", lines(change))));
        }
        print(form.write("", List.of("Time", "By", "How", "Change"), Set.of(), rows, true));
    }

    /// One setting a line.
    static List<String> lines(ConfigChange change) {
        List<String> lines = new ArrayList<>();
        for (ConfigChange.Setting setting : change.settings()) {
            if (setting.from() == null && setting.to() == null) {
                lines.add(setting.path().isEmpty() ? "what is not known" : setting.path());
            } else {
                lines.add(
                        setting.path()
                                + ": "
                                + (setting.from() == null ? "none" : setting.from())
                                + " -> "
                                + (setting.to() == null ? "none" : setting.to()));
            }
        }
        return lines.isEmpty() ? List.of("a secret, which is not shown") : lines;
    }
}
