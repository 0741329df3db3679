package io.tamada.agent.cli;

import io.tamada.agent.settings.StoreSettings;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Who copies from whom.
@Command(
        name = "topology",
        description = "Show who copies from whom.",
        footer = {"", "Example: tamada -c /etc/patroni/config.yml topology"})
final class TopologyCommand extends StoreCommand {

    @Parameters(arity = "0..*", paramLabel = "CLUSTER", description = "Names of clusters.")
    private List<String> scopes = new ArrayList<>();

    @Mixin private Watch watch = new Watch();

    @Override
    void run(StoreOptions store) throws StoreOptions.Failure {
        StoreSettings settings = store.settings();
        List<String> wanted =
                scopes.isEmpty() ? List.of(StoreOptions.scope(null, settings)) : scopes;
        do {
            StringBuilder text = new StringBuilder(watch.clear());
            for (StoreOptions.Cluster cluster : StoreOptions.read(settings, wanted)) {
                text.append(new MemberRows(cluster).write(Format.TOPOLOGY, false));
            }
            print(text.toString());
        } while (watch.again());
    }
}
