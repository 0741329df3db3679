package io.tamada.agent.cli;

import io.tamada.agent.settings.StoreSettings;
import io.tamada.core.cluster.ClusterView;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Takes a cluster out of the store.
@Command(
        name = "remove",
        description =
                "Remove everything that etcd holds about a cluster; stop its agents before. The"
                        + " data of its members stay.",
        footer = {"", "Example: tamada -c CONFIG.yml remove CLUSTER"})
final class RemoveCommand extends StoreCommand {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final String AWARE = "Yes I am aware";

    @Parameters(paramLabel = "CLUSTER", description = "The cluster's name.")
    private String scope = "";

    @Mixin private FormatOption output = new FormatOption();

    @Override
    void run(StoreOptions store) throws StoreOptions.Failure {
        if (scope.replace("/", "").isBlank()) {
            throw new StoreOptions.Failure(
                    AgentCommand.BAD_CONFIGURATION,
                    "found '" + scope + "', expected the name of one cluster");
        }
        StoreSettings settings = store.settings();
        StoreOptions.Cluster cluster = StoreOptions.read(settings, scope);
        ClusterView view = cluster.view();
        print(new MemberRows(cluster).write(output.format(), false));
        answer(
                "Please confirm the cluster name to remove",
                scope,
                "Cluster names specified do not match");
        answer(
                "You are about to remove all information in DCS for %s, please type: \"%s\""
                        .formatted(scope, AWARE),
                AWARE,
                "You did not exactly type \"" + AWARE + "\"");
        if (view.leader() != null) {
            answer(
                    "This cluster currently is healthy. Please specify the leader name to continue",
                    view.leader().name().value(),
                    "You did not specify the current leader of the cluster");
        }
        StoreOptions.require(
                StoreOptions.ask(settings, scope, control -> control.removeCluster(TIMEOUT)));
    }

    private void answer(String question, String expected, String otherwise)
            throws StoreOptions.Failure {
        if (!dialogue().ask(question, null).equals(expected)) {
            throw new StoreOptions.Failure(1, otherwise);
        }
    }
}
