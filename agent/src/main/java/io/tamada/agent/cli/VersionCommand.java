package io.tamada.agent.cli;

import io.tamada.agent.run.Version;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// Prints the version of Tamada and of the Java runtime under it.
@Command(name = "version", description = "Show the version.")
final class VersionCommand implements Callable<Integer> {

    @Override
    public Integer call() {
        System.out.println("tamada " + Version.text() + " (Java " + Runtime.version() + ")");
        return 0;
    }
}
