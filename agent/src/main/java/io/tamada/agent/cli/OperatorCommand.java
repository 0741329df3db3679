package io.tamada.agent.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// A command about a cluster: failures are sentences on standard error, never a stack trace.
abstract class OperatorCommand implements Callable<Integer> {

    static final String STANDARD_INPUT = "-";

    @ParentCommand private CommandLines.@Nullable Root root;

    @Spec private @Nullable CommandSpec spec;

    private @Nullable Dialogue dialogue;

    /// Its own options of where the cluster is.
    abstract StoreOptions place();

    abstract void run(StoreOptions store) throws StoreOptions.Failure;

    @Override
    public Integer call() {
        if (spec != null) {
            OperatorLog.to(spec.commandLine().getErr());
        }
        try {
            run(root == null ? place() : place().or(root.options));
            return CommandLine.ExitCode.OK;
        } catch (StoreOptions.Failure failure) {
            if (spec != null) {
                spec.commandLine()
                        .getErr()
                        .println((failure.isBare ? "" : "Error: ") + failure.getMessage());
            }
            return failure.code;
        }
    }

    void warn(String text) {
        if (spec != null) {
            spec.commandLine().getErr().println("warning: " + text);
        }
    }

    /// Questions, answered on standard input. There is one reader of it: what it has read ahead
    /// belongs to the next question.
    Dialogue dialogue() {
        if (dialogue == null) {
            PrintWriter out =
                    spec == null
                            ? new PrintWriter(System.out, false, StandardCharsets.UTF_8)
                            : spec.commandLine().getOut();
            dialogue =
                    new Dialogue(
                            out,
                            new BufferedReader(
                                    new InputStreamReader(System.in, StandardCharsets.UTF_8)));
        }
        return dialogue;
    }

    /// What a file holds, or, for `-`, standard input.
    ///
    /// @param kind of file that was expected.
    static String text(String name, String kind) throws StoreOptions.Failure {
        try {
            return name.equals(STANDARD_INPUT)
                    ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                    : Files.readString(Path.of(name));
        } catch (IOException unreadable) {
            throw new StoreOptions.Failure(
                    AgentCommand.BAD_CONFIGURATION,
                    name + ": found nothing that can be read, expected " + kind);
        }
    }

    void print(String text) {
        if (spec != null) {
            spec.commandLine().getOut().print(text);
            spec.commandLine().getOut().flush();
        }
    }
}
