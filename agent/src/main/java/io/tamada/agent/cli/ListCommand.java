package io.tamada.agent.cli;

import io.tamada.agent.settings.StoreSettings;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The members of clusters.
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = "List the members of a cluster.",
        footer = {"", "Example: tamada -c /etc/patroni/config.yml list -e"})
final class ListCommand extends StoreCommand {

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
    private static final double USUAL_PAUSE = 2;

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

    @Option(
            names = {"-f", "--format"},
            defaultValue = "pretty",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Format format = Format.PRETTY;

    @Option(
            names = {"-W"},
            description = "Print anew every 2 seconds.")
    private boolean watching;

    @Option(
            names = {"-w", "--watch"},
            paramLabel = "SECONDS",
            description = "Print anew in these intervals.")
    private @Nullable Double watch;

    @Override
    void run(StoreOptions store) throws StoreOptions.Failure {
        StoreSettings settings = store.settings();
        List<String> wanted =
                scopes.isEmpty() ? List.of(StoreOptions.scope(null, settings)) : scopes;
        double pause = watch != null ? watch : watching ? USUAL_PAUSE : 0;
        do {
            if (timestamp) {
                print(LocalDateTime.now(java.time.ZoneId.systemDefault()).format(STAMP) + "\n");
            }
            for (StoreOptions.Cluster cluster : StoreOptions.read(settings, wanted)) {
                print(
                        new MemberRows(cluster.scope(), cluster.seen().view())
                                .write(format, extended));
            }
        } while (pause > 0 && slept(pause));
    }

    private static boolean slept(double seconds) {
        try {
            Thread.sleep((long) (seconds * 1000));
            return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
