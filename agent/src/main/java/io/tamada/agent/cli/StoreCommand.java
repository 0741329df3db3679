package io.tamada.agent.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// A command about a cluster: failures are sentences on standard error, never a stack trace.
abstract class StoreCommand implements Callable<Integer> {

    @Mixin private StoreOptions options = new StoreOptions();

    @ParentCommand private CommandLines.@Nullable Root root;

    @Spec private @Nullable CommandSpec spec;

    abstract void run(StoreOptions store) throws StoreOptions.Failure;

    @Override
    public Integer call() {
        try {
            run(root == null ? options : options.or(root.options));
            return CommandLine.ExitCode.OK;
        } catch (StoreOptions.Failure failure) {
            if (spec != null) {
                spec.commandLine().getErr().println("Error: " + failure.getMessage());
            }
            return failure.code;
        }
    }

    void print(String text) {
        if (spec != null) {
            spec.commandLine().getOut().print(text);
            spec.commandLine().getOut().flush();
        }
    }
}
