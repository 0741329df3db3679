package io.tamada.agent.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Finds the programs that the demo runs, and says how to get those that are missing.
final class Binaries {

    private static final List<String> SYSTEM =
            List.of("/usr/sbin", "/usr/local/sbin", "/usr/bin", "/usr/local/bin", "/sbin", "/bin");

    /// Where packages put the versions of PostgreSQL: Debian's and its relatives', then PGDG's
    /// for Red Hat's.
    private static final List<String> VERSIONED = List.of("/usr/lib/postgresql", "/usr");

    private static final int OLDEST_POSTGRES = 15;

    private Binaries() {}

    static Path etcd() throws DemoFailure {
        return program("etcd", "apt-get install etcd-server");
    }

    static Path haproxy() throws DemoFailure {
        return program("haproxy", "apt-get install haproxy");
    }

    /// The directory of the newest PostgreSQL server installed.
    static Path postgres() throws DemoFailure {
        var found = new ArrayList<Version>();
        for (String base : VERSIONED) {
            try (var entries = Files.list(Path.of(base))) {
                for (Path entry : entries.toList()) {
                    String name = entry.getFileName().toString();
                    String number = name.startsWith("pgsql-") ? name.substring(6) : name;
                    Path bin = entry.resolve("bin");
                    if (number.matches("\\d{1,3}") && holdsServer(bin)) {
                        found.add(new Version(Integer.parseInt(number), bin));
                    }
                }
            } catch (IOException _) {
                // Not how this distribution does it.
            }
        }
        found.removeIf(version -> version.major() < OLDEST_POSTGRES);
        if (!found.isEmpty()) {
            found.sort(Comparator.comparingInt(Version::major));
            return found.getLast().bin();
        }
        for (String directory : searchPath()) {
            if (holdsServer(Path.of(directory))) {
                return Path.of(directory);
            }
        }
        throw new DemoFailure(
                "no PostgreSQL server %d or later found; get it by: apt-get install postgresql,"
                                .formatted(OLDEST_POSTGRES)
                        + " or name its directory by --bin-dir");
    }

    static boolean holdsServer(Path directory) {
        return Files.isExecutable(directory.resolve("postgres"))
                && Files.isExecutable(directory.resolve("initdb"));
    }

    private static Path program(String name, String remedy) throws DemoFailure {
        for (String directory : searchPath()) {
            Path candidate = Path.of(directory, name);
            if (Files.isExecutable(candidate)) {
                return candidate;
            }
        }
        throw new DemoFailure(name + " is not installed; get it by: " + remedy);
    }

    private static List<String> searchPath() {
        var directories = new ArrayList<String>();
        String path = System.getenv("PATH");
        if (path != null) {
            for (String directory : path.split(":", -1)) {
                if (directory.startsWith("/")) {
                    directories.add(directory);
                }
            }
        }
        directories.addAll(SYSTEM);
        return directories;
    }

    private record Version(int major, Path bin) {}
}
