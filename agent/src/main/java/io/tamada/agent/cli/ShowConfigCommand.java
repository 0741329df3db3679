package io.tamada.agent.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tamada.agent.settings.StoreSettings;
import io.tamada.agent.settings.YamlText;
import io.tamada.core.port.ControlStore.StoredConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// The dynamic configuration.
@Command(
        name = "show-config",
        description = "Show the dynamic configuration as YAML.",
        footer = {"", "Example: tamada -c /etc/patroni/config.yml show-config"})
final class ShowConfigCommand extends StoreCommand {

    @Parameters(arity = "0..1", paramLabel = "CLUSTER", description = "The cluster's name.")
    private @Nullable String scope;

    @Override
    void run(StoreOptions store) throws StoreOptions.Failure {
        StoreSettings settings = store.settings();
        String name = StoreOptions.scope(scope, settings);
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
}
