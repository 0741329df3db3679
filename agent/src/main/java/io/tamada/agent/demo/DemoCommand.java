package io.tamada.agent.demo;

import io.tamada.agent.demo.DemoSettings.AgentAccount;
import io.tamada.agent.demo.DemoSettings.Disk;
import java.io.Console;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/// Runs a cluster on this machine until Ctrl-C. Exit code 0; 1 when something failed or, with
/// `--for`, when the cluster was not whole at the end; 2 on usage.
@Command(
        name = "demo",
        description =
                "Runs a highly available PostgreSQL on this machine, to look at and to break.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: tamada demo --nodes 3 --for 60s"})
public final class DemoCommand implements Callable<Integer> {

    /// Set by the launcher script to its own path.
    private static final String LAUNCHER = "tamada.launcher";

    @Spec private @Nullable CommandSpec spec;

    @Option(
            names = "--nodes",
            defaultValue = "3",
            description = "How many nodes, 1 to 7 (default: ${DEFAULT-VALUE}).")
    private int nodes;

    @Option(names = "--keep", description = "Leave the files where they are at the end.")
    private boolean keep;

    @Option(
            names = "--for",
            paramLabel = "TIME",
            converter = Time.class,
            description = "Run so long (60s, 5m), then exit 0 only if the cluster is whole.")
    private @Nullable Duration runFor;

    @Option(
            names = "--kill-every",
            paramLabel = "TIME",
            converter = Time.class,
            description = "Kill the leader's node again and again.")
    private @Nullable Duration killEvery;

    @Option(
            names = "--revive-after",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = Time.class,
            description = "Start killed nodes again after this time (default: ${DEFAULT-VALUE}).")
    private Duration reviveAfter = Duration.ofSeconds(10);

    @Option(
            names = "--bin-dir",
            paramLabel = "PATH",
            description = "PostgreSQL's programs (default: the newest server installed).")
    private @Nullable Path postgresBin;

    @Option(
            names = "--agent-command",
            hidden = true,
            description = "Run this with the YAML file instead of `tamada agent`.")
    private @Nullable String agentCommand;

    @Override
    public Integer call() {
        if (nodes < 1 || nodes > DemoSettings.MOST_NODES) {
            throw new ParameterException(
                    commandSpec().commandLine(),
                    "--nodes: %d is not between 1 and %d"
                            .formatted(nodes, DemoSettings.MOST_NODES));
        }
        if (postgresBin != null && !Binaries.holdsServer(postgresBin)) {
            throw new ParameterException(
                    commandSpec().commandLine(),
                    "--bin-dir: no postgres and initdb in " + postgresBin);
        }
        boolean seated = isSeated();
        Screen screen = seated ? new Screen.Terminal(System.out) : new Screen.Plain(System.out);
        Keyboard keyboard = seated ? Keyboard.ofTerminal() : Keyboard.none();
        DemoRun run;
        try {
            run = DemoRun.prepare(settings(), screen, keyboard);
        } catch (DemoFailure failure) {
            keyboard.close();
            screen.say("tamada demo: " + failure.getMessage());
            return DemoRun.BROKEN;
        }
        // SIGINT, SIGTERM and SIGHUP end a JVM by way of its hooks; this one waits for the story's
        // own thread to clean up. On a normal end it finds that done.
        Runtime.getRuntime().addShutdownHook(new Thread(run::stop, "demo-stop"));
        return run.run();
    }

    /// Drawing over lines and single keys are for somebody who sits at a terminal.
    @SuppressWarnings("SystemConsoleNull") // It is null still, by -Djdk.console=java.base.
    private static boolean isSeated() {
        Console console = System.console();
        return console != null && console.isTerminal() && !"dumb".equals(System.getenv("TERM"));
    }

    private DemoSettings settings() throws DemoFailure {
        List<String> command;
        AgentAccount account;
        if (agentCommand != null) {
            command = List.of(agentCommand.strip().split("\\s+"));
            account = AgentAccount.UNPRIVILEGED;
        } else {
            command = ownAgent();
            account = AgentAccount.AS_STARTED;
        }
        return new DemoSettings(
                nodes,
                keep ? Disk.KEPT : Disk.REMOVED,
                runFor,
                killEvery,
                reviveAfter,
                command,
                account,
                postgresBin != null ? postgresBin : Binaries.postgres());
    }

    /// `tamada agent` by the launcher that started us, or else by our own Java command line,
    /// whose last part that is not ours is the main class.
    private static List<String> ownAgent() throws DemoFailure {
        String launcher = System.getProperty(LAUNCHER);
        if (launcher != null) {
            return List.of(launcher, "agent");
        }
        ProcessHandle.Info self = ProcessHandle.current().info();
        List<String> arguments = List.of(self.arguments().orElse(new String[0]));
        int ours = arguments.lastIndexOf("demo");
        if (self.command().isEmpty() || ours < 0) {
            throw new DemoFailure(
                    "cannot tell how to start an agent; run the demo as: ./tamada demo");
        }
        var command = new ArrayList<String>();
        command.add(self.command().get());
        command.addAll(arguments.subList(0, ours));
        command.add("agent");
        return command;
    }

    private CommandSpec commandSpec() {
        if (spec == null) {
            throw new IllegalStateException("not run by picocli");
        }
        return spec;
    }

    /// Reads `500ms`, `60s` or `5m`.
    static final class Time implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            var parts = java.util.regex.Pattern.compile("([1-9]\\d{0,6})(ms|s|m)").matcher(text);
            if (!parts.matches()) {
                throw new TypeConversionException(
                        "'" + text + "' is not a time such as 60s, 5m or 500ms");
            }
            long count = Long.parseLong(parts.group(1));
            return switch (parts.group(2)) {
                case "ms" -> Duration.ofMillis(count);
                case "s" -> Duration.ofSeconds(count);
                default -> Duration.ofMinutes(count);
            };
        }
    }
}
