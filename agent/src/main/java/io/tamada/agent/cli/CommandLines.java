package io.tamada.agent.cli;

import io.tamada.agent.demo.DemoCommand;
import io.tamada.agent.haproxy.HaproxyConfigCommand;
import io.tamada.agent.run.Version;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Mixin;

/// All commands by name.
public final class CommandLines {

    /// The one list of commands, in the order of `help`. A command is a `Callable<Integer>` with
    /// picocli's `@Command`; what it returns is the exit code.
    private static List<Class<?>> commands() {
        return List.of(
                DemoCommand.class,
                AgentCommand.class,
                ValidateConfigCommand.class,
                GenerateConfigCommand.class,
                HaproxyConfigCommand.class,
                ListCommand.class,
                TopologyCommand.class,
                HistoryCommand.class,
                EventsCommand.class,
                WhyCommand.class,
                DoctorCommand.class,
                ShowConfigCommand.class,
                EditConfigCommand.class,
                QueryCommand.class,
                DsnCommand.class,
                FlushCommand.class,
                RemoveCommand.class,
                ClusterRoleCommand.Demote.class,
                ClusterRoleCommand.Promote.class,
                LeaderCommand.Switchover.class,
                LeaderCommand.Failover.class,
                PauseCommand.On.class,
                PauseCommand.Off.class,
                RestartCommand.class,
                ReloadCommand.class,
                ReinitCommand.class,
                GenerateCompletionCommand.class,
                VersionCommand.class,
                HelpCommand.class);
    }

    @Command(
            name = "tamada",
            description = "A high-availability agent for PostgreSQL.",
            synopsisSubcommandLabel = "COMMAND",
            mixinStandardHelpOptions = true)
    static final class Root {
        @Mixin final StoreOptions options = new StoreOptions();
    }

    private CommandLines() {}

    /// Every command has `-h`, whether or not it says so itself.
    private static void explain(CommandLine command) {
        if (!command.getCommandSpec().mixinStandardHelpOptions()
                && !(command.getCommandSpec().userObject() instanceof HelpCommand)) {
            command.getCommandSpec().mixinStandardHelpOptions(true);
        }
        command.getCommandSpec().version("tamada " + Version.text());
    }

    static CommandLine all() {
        CommandLine line = new CommandLine(new Root());
        commands().forEach(line::addSubcommand);
        line.getSubcommands().values().forEach(CommandLines::explain);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        return line;
    }

    /// Runs one command line. Wrong usage is explained on standard error and gives exit code 2.
    public static int run(String... arguments) {
        CommandLine line = all();
        if (arguments.length == 0) {
            line.usage(System.out);
            return CommandLine.ExitCode.USAGE;
        }
        return line.execute(arguments);
    }
}
