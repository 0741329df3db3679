package io.tamada.agent.cli;

import io.tamada.agent.settings.StoreSettings;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The members of clusters.
@Command(
        name = "list",
        description = "List the members of a cluster.",
        footer = {"", "Example: tamada -c /etc/patroni/config.yml list -e"})
final class ListCommand extends StoreCommand {

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    @Parameters(
            arity = "0..*",
            paramLabel = "CLUSTER",
            description = "Names of clusters; default: scope of the configuration file.")
    private List<String> scopes = new ArrayList<>();

    @Option(
            names = {"-e", "--extended"},
            description = "Show all columns.")
    private boolean extended;

    @Option(
            names = {"-t", "--timestamp"},
            description = "Print the time above the table.")
    private boolean timestamp;

    @Mixin private FormatOption output = new FormatOption();

    @Mixin private Watch watch = new Watch();

    @Override
    void run(StoreOptions store) throws StoreOptions.Failure {
        StoreSettings settings = store.settings();
        List<String> wanted =
                scopes.isEmpty() ? List.of(StoreOptions.scope(null, settings)) : scopes;
        do {
            StringBuilder text = new StringBuilder(watch.clear());
            if (timestamp) {
                text.append(LocalDateTime.now(java.time.ZoneId.systemDefault()).format(STAMP));
                text.append('\n');
            }
            for (StoreOptions.Cluster cluster : StoreOptions.read(settings, wanted)) {
                text.append(new MemberRows(cluster).write(output.format(), extended));
            }
            print(text.toString());
        } while (watch.again());
    }
}
