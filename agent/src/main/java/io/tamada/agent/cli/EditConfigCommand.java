package io.tamada.agent.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tamada.agent.editor.Editor;
import io.tamada.agent.settings.StoreSettings;
import io.tamada.core.cluster.ConfigChange.Author;
import io.tamada.core.port.ClusterStore.WriteOutcome;
import io.tamada.core.port.ControlStore.StoredConfig;
import io.tamada.rest.control.Body;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Changes the dynamic configuration, by options, a file, or an editor.
@Command(
        name = "edit-config",
        description = "Edit the dynamic configuration; without options in $EDITOR.",
        footer = {"", "Example: tamada -c /etc/patroni/config.yml edit-config -s ttl=20 --force"})
final class EditConfigCommand extends StoreCommand {

    private static final String YAML = "a YAML file";
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @Parameters(arity = "0..1", paramLabel = "CLUSTER", description = "Default: scope of the file.")
    private @Nullable String scope;

    @Option(
            names = {"-q", "--quiet"},
            description = "Do not show what changes.")
    private boolean quiet;

    @Option(
            names = {"-s", "--set"},
            paramLabel = "PATH=VALUE",
            description = "Set one value, such as ttl=20; null or nothing takes it away.")
    private List<String> pairs = new ArrayList<>();

    @Option(
            names = {"-p", "--pg"},
            paramLabel = "NAME=VALUE",
            description = "Set a parameter of PostgreSQL: -s postgresql.parameters.NAME=VALUE.")
    private List<String> parameters = new ArrayList<>();

    @Option(
            names = {"--apply"},
            paramLabel = "FILE",
            description = "Lay a YAML file over the configuration; - is standard input.")
    private @Nullable String applied;

    @Option(
            names = {"--replace"},
            paramLabel = "FILE",
            description = "Put a YAML file in its place; - is standard input.")
    private @Nullable String replacement;

    @Option(
            names = {"--force"},
            description = "Ask nothing.")
    private boolean force;

    /// What is to become of the configuration.
    ///
    /// @param text as the user wrote it.
    /// @param file where it was edited; null when it was not.
    private record Wish(ObjectNode document, String text, @Nullable Path file) {}

    @Override
    void run(StoreOptions store) throws StoreOptions.Failure {
        StoreSettings settings = store.settings();
        String name = StoreOptions.scope(scope, settings);
        StoredConfig stored = StoreOptions.read(settings, name).seen().config();
        if (stored == null) {
            throw new StoreOptions.Failure(
                    1, "The config key does not exist in the cluster " + name);
        }
        ObjectNode before = Body.parse(stored.json());
        if (before == null) {
            throw new StoreOptions.Failure(1, "the config key holds no JSON object");
        }
        Wish wish = wish(before, name);
        if (wish.document().equals(before)) {
            remove(wish.file());
            if (!quiet) {
                print("Not changed\n");
            }
            return;
        }
        if (!quiet) {
            showChanges(ConfigEdit.text(before), wish.text());
        }
        judge(store, stored.json(), wish);
        boolean piped = STANDARD_INPUT.equals(applied) || STANDARD_INPUT.equals(replacement);
        if (piped && !force) {
            print("Use --force option to apply changes\n");
        } else if (force || dialogue().confirm("Apply these changes?")) {
            write(settings, name, wish, stored.revision());
            print("Configuration changed\n");
        }
        remove(wish.file());
    }

    private Wish wish(ObjectNode before, String name) throws StoreOptions.Failure {
        ObjectNode wanted = before;
        if (replacement != null) {
            wanted = ConfigEdit.merged(Body.empty(), file(replacement));
        }
        if (applied != null) {
            wanted = ConfigEdit.merged(wanted, file(applied));
        }
        List<String> all = new ArrayList<>(pairs);
        parameters.forEach(pair -> all.add("postgresql.parameters." + pair.stripLeading()));
        if (!all.isEmpty()) {
            wanted = ConfigEdit.set(wanted, all);
        }
        if (replacement != null || applied != null || !all.isEmpty()) {
            return new Wish(wanted, ConfigEdit.text(wanted), null);
        }
        Path edited = edited(ConfigEdit.text(before), name);
        String text = text(edited.toString(), YAML);
        ObjectNode document = ConfigEdit.read(text, edited.toString());
        return new Wish(ConfigEdit.merged(Body.empty(), document), text, edited);
    }

    private static Path edited(String text, String name) throws StoreOptions.Failure {
        Editor editor = Editor.of(System.getenv("EDITOR"), System.getenv("PATH"));
        if (editor == null) {
            throw new StoreOptions.Failure(
                    1, "EDITOR environment variable is not set. editor or vi are not available");
        }
        try {
            return editor.edit(text, name);
        } catch (IOException failed) {
            throw new StoreOptions.Failure(1, String.valueOf(failed.getMessage()));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new StoreOptions.Failure(1, "interrupted");
        }
    }

    private static ObjectNode file(String name) throws StoreOptions.Failure {
        return ConfigEdit.read(
                text(name, YAML), name.equals(STANDARD_INPUT) ? "standard input" : name);
    }

    private void showChanges(String before, String after) {
        boolean coloured = Dialogue.isTerminal() && System.getenv("NO_COLOR") == null;
        for (String line : UnifiedDiff.of(before, after)) {
            print((coloured ? coloured(line) : line) + "\n");
        }
    }

    private static String coloured(String line) {
        return switch (line.charAt(0)) {
            case '+' -> "\u001b[32m" + line + "\u001b[0m";
            case '-' -> "\u001b[31m" + line + "\u001b[0m";
            case '@' -> "\u001b[36m" + line + "\u001b[0m";
            default -> line;
        };
    }

    private void judge(StoreOptions store, String before, Wish wish) throws StoreOptions.Failure {
        ConfigTrial.Verdict verdict =
                ConfigTrial.of(before, Body.write(wish.document()), store.agent());
        if (wish.document().at("/postgresql/parameters").isObject()) {
            verdict.notes().forEach(this::warn);
        }
        verdict.doubts().forEach(this::warn);
        if (!verdict.mistakes().isEmpty()) {
            throw new StoreOptions.Failure(
                    1, String.join("\n", verdict.mistakes()) + kept(wish.file()));
        }
    }

    private static void write(StoreSettings settings, String name, Wish wish, long revision)
            throws StoreOptions.Failure {
        WriteOutcome outcome =
                StoreOptions.ask(
                        settings,
                        name,
                        control ->
                                control.replaceConfig(
                                        Body.write(wish.document()),
                                        revision,
                                        new Author(
                                                Operator.name(),
                                                "tamada edit-config",
                                                Instant.now().toEpochMilli()),
                                        TIMEOUT));
        switch (outcome) {
            case WriteOutcome.Done() -> {}
            case WriteOutcome.Refused _ ->
                    throw new StoreOptions.Failure(
                            1,
                            "Config modification aborted due to concurrent changes"
                                    + kept(wish.file()));
            case WriteOutcome.Unknown(String reason) ->
                    throw new StoreOptions.Failure(
                            1,
                            "it is not known whether the configuration was changed: "
                                    + reason
                                    + kept(wish.file()));
        }
    }

    private static String kept(@Nullable Path file) {
        return file == null ? "" : "\nWhat was edited is in " + file;
    }

    private static void remove(@Nullable Path file) throws StoreOptions.Failure {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException stays) {
            throw new StoreOptions.Failure(1, "cannot remove " + file);
        }
    }
}
