package io.tamada.agent.cli;

import io.tamada.agent.run.SettingsMapping;
import io.tamada.agent.settings.AgentSettings;
import io.tamada.agent.settings.SettingsReader;
import io.tamada.agent.settings.SettingsResult;
import io.tamada.agent.settings.StoreSettings;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.port.ClusterStore.WriteOutcome;
import io.tamada.core.port.ControlStore;
import io.tamada.dcs.PatroniControlStore;
import io.tamada.dcs.grpc.EtcdConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Where a command finds the cluster: the options of every command that reads the store.
final class StoreOptions {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @Option(
            names = {"-c", "--config-file"},
            paramLabel = "FILE",
            description =
                    "An agent's YAML file or patronictl's; default: $PATRONICTL_CONFIG_FILE, then"
                            + " ~/.config/patroni/patronictl.yaml.")
    private @Nullable Path file;

    @Option(
            names = {"-d", "--dcs-url", "--dcs"},
            paramLabel = "HOST:PORT",
            description = "etcd, in the place of what the file says; default: $DCS_URL.")
    private @Nullable String store;

    @Option(
            names = {"-k", "--insecure"},
            description = "Do not check the certificates of the members' API.")
    private boolean insecure;

    /// Ends the command with a sentence for people and an exit code.
    static final class Failure extends Exception {

        private static final long serialVersionUID = 1;

        final int code;
        final boolean isBare;
        final boolean isOfStore;

        Failure(int code, String message) {
            this(code, message, false, false);
        }

        private Failure(int code, String message, boolean isBare, boolean isOfStore) {
            super(message);
            this.code = code;
            this.isBare = isBare;
            this.isOfStore = isOfStore;
        }

        /// The store does not answer; a command may do without.
        static Failure ofStore(String message) {
            return new Failure(1, message, false, true);
        }

        /// One whose sentence stands without `Error:` before it.
        static Failure bare(int code, String message) {
            return new Failure(code, message, true, false);
        }
    }

    /// One cluster as it is in the store.
    record Cluster(String scope, ControlStore.Sight.Seen seen) {

        ClusterView view() {
            return seen.view();
        }
    }

    static StoreOptions of(@Nullable Path file, @Nullable String store) {
        StoreOptions options = new StoreOptions();
        options.file = file;
        options.store = store;
        return options;
    }

    /// Options of the program itself, before the command's name, count where the command has none.
    StoreOptions or(StoreOptions outer) {
        file = file == null ? outer.file : file;
        store = store == null ? outer.store : store;
        insecure |= outer.insecure;
        return this;
    }

    StoreSettings settings() throws Failure {
        return switch (StoreSettings.read(place(), url(), System.getenv())) {
            case StoreSettings.Result.Loaded(var settings) ->
                    insecure ? settings.insecure() : settings;
            case StoreSettings.Result.Refused(var errors) ->
                    throw new Failure(
                            AgentCommand.BAD_CONFIGURATION,
                            hasNothing(errors)
                                    ? "no configuration: give -c FILE or set PATRONICTL_CONFIG_FILE"
                                            + " (looked for %s)".formatted(usual())
                                    : String.join("\n", errors));
        };
    }

    /// Whether nobody has said anything of a store, neither here nor in a file nor in the
    /// environment.
    private boolean hasNothing(List<String> errors) {
        return place() == null
                && url() == null
                && errors.stream()
                        .allMatch(error -> error.startsWith("environment: etcd3: found nothing"));
    }

    /// What reading the file as an agent's gives; null when there is no file, or when it names
    /// neither a member nor its data, as patronictl's does not.
    @Nullable SettingsResult agentFile() {
        Path place = place();
        if (place == null) {
            return null;
        }
        SettingsResult read = SettingsReader.read(place, System.getenv());
        boolean operators =
                read instanceof SettingsResult.Refused(var errors, _)
                        && errors.stream().anyMatch(line -> line.contains(": name: found nothing"))
                        && errors.stream()
                                .anyMatch(l -> l.contains(": postgresql.data_dir: found nothing"));
        return operators ? null : read;
    }

    private @Nullable String url() {
        String named = System.getenv("DCS_URL");
        return store != null || named == null || named.isEmpty() ? store : named;
    }

    /// The settings of the agent whose file this is; null when it is none's.
    @Nullable AgentSettings agent() {
        return agentFile() instanceof SettingsResult.Loaded(var loaded, _) ? loaded : null;
    }

    private @Nullable Path place() {
        if (file != null) {
            return file;
        }
        String named = System.getenv("PATRONICTL_CONFIG_FILE");
        if (named != null && !named.isEmpty()) {
            return Path.of(named);
        }
        Path usual = usual();
        return Files.isReadable(usual) ? usual : null;
    }

    private static Path usual() {
        return Path.of(System.getProperty("user.home", "/"), ".config/patroni/patronictl.yaml");
    }

    /// The name of the cluster that is meant.
    static String scope(@Nullable String named, StoreSettings settings) throws Failure {
        String scope = named == null ? settings.scope() : named;
        if (scope == null) {
            throw new Failure(
                    AgentCommand.BAD_CONFIGURATION,
                    "scope: found nothing, expected the name of the cluster as an argument, or"
                            + " scope in the configuration file");
        }
        return scope;
    }

    /// Reads each of the clusters, linearizably.
    static List<Cluster> read(StoreSettings settings, List<String> scopes) throws Failure {
        try (EtcdConnection etcd = open(settings)) {
            List<Cluster> clusters = new ArrayList<>();
            for (String scope : scopes) {
                var control = new PatroniControlStore(etcd.kv(), settings.namespace(), scope);
                switch (control.read(TIMEOUT)) {
                    case ControlStore.Sight.Seen seen -> clusters.add(new Cluster(scope, seen));
                    case ControlStore.Sight.Unreachable(String reason) ->
                            throw Failure.ofStore("etcd does not answer: " + reason);
                }
            }
            return clusters;
        }
    }

    /// Reads one cluster, linearizably.
    static Cluster read(StoreSettings settings, String scope) throws Failure {
        return read(settings, List.of(scope)).getFirst();
    }

    /// Does something with the store of one cluster.
    static <T> T ask(StoreSettings settings, String scope, Function<PatroniControlStore, T> request)
            throws Failure {
        try (EtcdConnection etcd = open(settings)) {
            return request.apply(new PatroniControlStore(etcd.kv(), settings.namespace(), scope));
        }
    }

    /// Ends the command when a change was not made, or may not have been.
    static void require(WriteOutcome outcome) throws Failure {
        switch (outcome) {
            case WriteOutcome.Done() -> {}
            case WriteOutcome.Refused(String reason) -> throw new Failure(1, reason);
            case WriteOutcome.Unknown(String reason) -> throw new Failure(1, reason);
        }
    }

    private static EtcdConnection open(StoreSettings settings) throws Failure {
        try {
            return EtcdConnection.open(SettingsMapping.etcd(settings.etcd3()));
        } catch (IllegalArgumentException wrong) {
            throw new Failure(AgentCommand.BAD_CONFIGURATION, "etcd3: " + wrong.getMessage());
        }
    }
}
