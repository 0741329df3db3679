package io.tamada.agent.cli;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Writes what a shell needs to complete commands and options.
@Command(
        name = "generate-completion",
        description = "Print a script with which bash or zsh completes commands and options.",
        footer = {"", "Example: eval \"$(tamada generate-completion bash)\""})
final class GenerateCompletionCommand implements Callable<Integer> {

    private static final String PROGRAM = "tamada";

    enum Shell {
        BASH,
        ZSH
    }

    static final class Names implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return List.of("bash", "zsh").iterator();
        }
    }

    @Parameters(
            paramLabel = "bash|zsh",
            completionCandidates = Names.class,
            description = "For which shell.")
    private Shell shell = Shell.BASH;

    @Override
    public Integer call() {
        System.out.print(script(shell));
        return 0;
    }

    /// zsh reads bash's completions when it is told to.
    static String script(Shell shell) {
        String bash = AutoComplete.bash(PROGRAM, CommandLines.all());
        return switch (shell) {
            case BASH -> bash;
            case ZSH ->
                    "#compdef "
                            + PROGRAM
                            + "\nautoload -U +X compinit && compinit\n"
                            + "autoload -U +X bashcompinit && bashcompinit\n"
                            + bash;
        };
    }
}
