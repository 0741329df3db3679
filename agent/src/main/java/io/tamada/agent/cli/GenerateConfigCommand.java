package io.tamada.agent.cli;

import io.tamada.agent.os.FileFailure;
import io.tamada.agent.postgres.RunningServer;
import io.tamada.agent.settings.SettingsReader;
import io.tamada.agent.settings.SettingsResult;
import io.tamada.agent.settings.YamlDocument;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Writes a configuration file to begin with.
@Command(
        name = "generate-config",
        description =
                "Write a configuration file for the server that runs on this machine, or a sample."
                        + " PATRONI_* variables are taken in.",
        footer = {"", "Example: tamada generate-config --sample /etc/patroni/config.yml"})
final class GenerateConfigCommand extends OperatorCommand {

    private static final String ALPHABET =
            "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    private static final int PASSWORD_LENGTH = 24;

    @Option(
            names = {"--sample"},
            description = "For a new cluster; no server is asked.")
    private boolean sample;

    @Option(
            names = {"--dsn"},
            paramLabel = "DSN",
            description =
                    "How a superuser reaches the server; default: PGHOST, PGPORT, PGUSER and their"
                            + " kin.")
    private @Nullable String dsn;

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            description = "Where it is written, for its owner only; default: standard output.")
    private @Nullable Path file;

    @Option(
            names = {"--force"},
            description = "Replace FILE if it exists; passwords in it are lost.")
    private boolean force;

    private final SecureRandom random = new SecureRandom();

    @Override
    StoreOptions place() {
        return StoreOptions.of(null, null);
    }

    @Override
    void run(StoreOptions store) throws StoreOptions.Failure {
        if (file != null && !force && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new StoreOptions.Failure(
                    AgentCommand.BAD_CONFIGURATION,
                    file
                            + " exists already, with passwords that may be nowhere else; expected a"
                            + " new file, or --force to replace it");
        }
        List<String> notes = new ArrayList<>();
        Map<String, Object> config =
                sample
                        ? GeneratedConfig.sample(hostName(), address(), this::password)
                        : ofServer(notes);
        String text =
                GeneratedConfig.text(
                        GeneratedConfig.overlaid(
                                config, YamlDocument.ofEnvironment(System.getenv())),
                        notes);
        if (file == null) {
            print(text);
            return;
        }
        write(file, text);
        SettingsResult result = SettingsReader.read(file, Map.of());
        result.warnings().forEach(this::warn);
        if (result instanceof SettingsResult.Refused(var errors, var _)) {
            throw new StoreOptions.Failure(1, String.join("\n", errors));
        }
    }

    private Map<String, Object> ofServer(List<String> notes) throws StoreOptions.Failure {
        Map<String, String> words = new HashMap<>(ConnectionWords.of(dsn, System.getenv()));
        words.putIfAbsent("user", System.getProperty("user.name", "postgres"));
        if (!words.containsKey("password")) {
            words.put("password", dialogue().secret("Please enter the user password"));
        }
        RunningServer.Answer answer = RunningServer.look(words);
        return switch (answer) {
            case RunningServer.Answer.Failed(String reason) ->
                    throw new StoreOptions.Failure(
                            1, "Failed to establish PostgreSQL connection: " + reason);
            case RunningServer.Facts facts -> {
                notes.add(
                        facts.replicationRole() == null
                                ? "To do: no role may replicate. Create replicator with the password"
                                        + " below: CREATE ROLE replicator REPLICATION LOGIN"
                                : "To do: the password of "
                                        + facts.replicationRole()
                                        + " is made up. Write the role's own, or give it this one.");
                notes.add("To do: etcd3.hosts, and scope if it is not the right name.");
                yield GeneratedConfig.of(facts, words, hostName(), address(), this::password);
            }
        };
    }

    private static void write(Path file, String text) throws StoreOptions.Failure {
        try {
            Path directory = file.toAbsolutePath().getParent();
            if (directory != null) {
                Files.createDirectories(directory);
            }
            Path fresh =
                    Files.createTempFile(
                            directory,
                            "tamada-",
                            ".yml",
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rw-------")));
            Files.writeString(fresh, text);
            Files.move(fresh, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failed) {
            throw new StoreOptions.Failure(
                    1, file + ": cannot be written: " + FileFailure.text(failed));
        }
    }

    /// Letters and digits, which need no quoting anywhere.
    private String password() {
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < PASSWORD_LENGTH; i++) {
            word.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return word.toString();
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException nameless) {
            return "node1";
        }
    }

    /// Of this machine, IPv4 if there is one.
    private static String address() {
        try {
            InetAddress local = InetAddress.getLocalHost();
            for (InetAddress one : InetAddress.getAllByName(local.getHostName())) {
                if (one instanceof Inet4Address) {
                    return one.getHostAddress();
                }
            }
            return "[" + local.getHostAddress() + "]";
        } catch (UnknownHostException nameless) {
            return "127.0.0.1";
        }
    }
}
