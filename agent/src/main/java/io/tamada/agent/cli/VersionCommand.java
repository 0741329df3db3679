package io.tamada.agent.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// Prints the version of Tamada and of the Java runtime under it.
@Command(name = "version", description = "Show the version.")
final class VersionCommand implements Callable<Integer> {

    @Override
    public Integer call() {
        System.out.println("tamada " + version() + " (Java " + Runtime.version() + ")");
        return 0;
    }

    /// The version is written into the jar's manifest by the build.
    static String version() {
        String version = VersionCommand.class.getPackage().getImplementationVersion();
        return version == null ? "unpackaged" : version;
    }
}
