package io.tamada.agent;

import io.tamada.agent.cli.AgentCommand;
import io.tamada.agent.cli.CommandLines;
import java.nio.file.Path;

/// The entry point.
///
/// `agent [CONFIG.yml]` is taken apart by hand: an agent that restarts after a crash should
/// answer soon, and loading a command line library costs a tenth of a second.
public final class Main {

    private Main() {}

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    private static int run(String[] arguments) {
        boolean agent = arguments.length > 0 && arguments[0].equals("agent");
        if (agent && arguments.length == 1) {
            return AgentCommand.run(null);
        }
        if (agent && arguments.length == 2 && !arguments[1].startsWith("-")) {
            return AgentCommand.run(Path.of(arguments[1]));
        }
        return CommandLines.run(arguments);
    }
}
