package io.tamada.chaos.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// The program under test. Both take one Patroni YAML file as their last argument, and the
/// process that is started is the agent itself.
///
/// @param user who it is started as; Tamada as root drops to the owner of the data directory, and
///     is meant to be tried that way.
public record AgentProgram(String name, List<String> line, Launched.As user) {

    public AgentProgram {
        line = List.copyOf(line);
    }

    /// The one that `-Dtamada.agent=` names: `tamada`, the default, or `patroni`.
    public static AgentProgram chosen() {
        return switch (System.getProperty("tamada.agent", "tamada")) {
            case "tamada" -> tamada();
            case "patroni" -> patroni();
            case String other ->
                    throw new IllegalArgumentException(
                            "tamada.agent: found " + other + ", expected tamada or patroni");
        };
    }

    public static AgentProgram tamada() {
        return new AgentProgram(
                "tamada", List.of(launcher().toString(), "agent"), Launched.As.CALLER);
    }

    /// The one that is installed, or that `-Dtamada.patroni=` names.
    public static AgentProgram patroni() {
        return new AgentProgram("patroni", List.of(patroniPath().toString()), Launched.As.POSTGRES);
    }

    public static Path patroniPath() {
        return Path.of(System.getProperty("tamada.patroni", "/usr/bin/patroni"));
    }

    /// The first number of that Patroni's version.
    public static int patroniMajor() {
        String version =
                Launched.run(
                        Launched.As.CALLER,
                        Path.of("/tmp"),
                        Duration.ofSeconds(30),
                        List.of(patroniPath().toString(), "--version"));
        String number = version.strip().replaceFirst(".* ", "");
        return Integer.parseInt(number.substring(0, number.indexOf('.')));
    }

    /// `./tamada` of the checkout in which this runs.
    public static Path launcher() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path launcher = at.resolve("tamada");
            if (Files.isExecutable(launcher) && Files.isRegularFile(launcher)) {
                return launcher;
            }
        }
        throw new IllegalStateException("no ./tamada above " + Path.of("").toAbsolutePath());
    }
}
