package io.tamada.agent.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The user's editor on a text in a temporary file that nobody else can read.
final class Editor {

    private final List<String> command;

    /// @param command the program and its arguments.
    Editor(List<String> command) {
        this.command = List.copyOf(command);
    }

    /// What `EDITOR` names, which may have arguments, else `editor`, else `vi`.
    ///
    /// @param path the directories of `PATH`.
    static Editor of(@Nullable String named, @Nullable String path) throws StoreOptions.Failure {
        if (named != null && !named.isBlank()) {
            return new Editor(List.of("sh", "-c", "exec " + named + " \"$1\"", "sh"));
        }
        for (String program : List.of("editor", "vi")) {
            for (String directory : path == null ? new String[0] : path.split(":", -1)) {
                if (Files.isExecutable(Path.of(directory, program))) {
                    return new Editor(List.of(directory + "/" + program));
                }
            }
        }
        throw new StoreOptions.Failure(
                1, "EDITOR environment variable is not set. editor or vi are not available");
    }

    /// Lets the user edit the text.
    ///
    /// @return the file with what came of it, which the caller removes.
    Path edit(String text, String cluster) throws StoreOptions.Failure {
        try {
            Path file = Files.createTempFile(cluster.replace('/', '_') + "-config-", ".yaml");
            Files.writeString(file, text);
            List<String> line = new ArrayList<>(command);
            line.add(file.toString());
            int code = new ProcessBuilder(line).inheritIO().start().waitFor();
            if (code != 0) {
                Files.delete(file);
                throw new StoreOptions.Failure(1, "Editor exited with return code " + code);
            }
            return file;
        } catch (IOException failed) {
            throw new StoreOptions.Failure(1, "the editor cannot be used: " + failed.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new StoreOptions.Failure(1, "interrupted");
        }
    }
}
