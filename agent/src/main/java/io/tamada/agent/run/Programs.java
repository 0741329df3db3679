package io.tamada.agent.run;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Where the PostgreSQL programs are.
public final class Programs {

    private static final Path PACKAGED = Path.of("/usr/lib/postgresql");

    private Programs() {}

    /// The directory that the settings name, else the first of PATH that has a `postgres`, else
    /// the newest of those that Debian's packages install. Null when there is none.
    public static @Nullable Path directory(@Nullable Path configured, @Nullable String path) {
        if (configured != null) {
            return hasPostgres(configured) ? configured : null;
        }
        if (path != null) {
            for (String entry : path.split(":", -1)) {
                if (!entry.isEmpty() && hasPostgres(Path.of(entry))) {
                    return realDirectory(Path.of(entry));
                }
            }
        }
        return newestPackaged();
    }

    private static boolean hasPostgres(Path directory) {
        return Files.isExecutable(directory.resolve("postgres"));
    }

    /// A link in a directory of PATH stands for one program; its companions are beside the real
    /// one.
    private static Path realDirectory(Path directory) {
        try {
            Path parent = directory.resolve("postgres").toRealPath().getParent();
            return parent == null ? directory : parent;
        } catch (IOException e) {
            return directory;
        }
    }

    private static @Nullable Path newestPackaged() {
        Path newest = null;
        int newestMajor = 0;
        try (DirectoryStream<Path> versions = Files.newDirectoryStream(PACKAGED, "[0-9]*")) {
            for (Path version : versions) {
                String name = String.valueOf(version.getFileName());
                Path bin = version.resolve("bin");
                if (name.matches("\\d{1,3}")
                        && Integer.parseInt(name) > newestMajor
                        && hasPostgres(bin)) {
                    newestMajor = Integer.parseInt(name);
                    newest = bin;
                }
            }
        } catch (IOException none) {
            return null;
        }
        return newest;
    }
}
