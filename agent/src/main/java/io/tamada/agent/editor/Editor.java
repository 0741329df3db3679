package io.tamada.agent.editor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The user's editor on a text in a temporary file that nobody else can read.
public final class Editor {

    private final List<String> command;

    private Editor(List<String> command) {
        this.command = List.copyOf(command);
    }

    /// What `EDITOR` names, which may have arguments, else `editor`, else `vi`.
    ///
    /// @param path the directories of `PATH`.
    /// @return null when there is none.
    public static @Nullable Editor of(@Nullable String named, @Nullable String path) {
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
        return null;
    }

    /// Lets the user edit the text.
    ///
    /// @return the file with what came of it, which the caller removes.
    /// @throws IOException when the editor cannot be run or does not end well.
    public Path edit(String text, String cluster) throws IOException, InterruptedException {
        Path file = Files.createTempFile(cluster.replace('/', '_') + "-config-", ".yaml");
        Files.writeString(file, text);
        List<String> line = new ArrayList<>(command);
        line.add(file.toString());
        int code = new ProcessBuilder(line).inheritIO().start().waitFor();
        if (code != 0) {
            Files.delete(file);
            throw new IOException("Editor exited with return code " + code);
        }
        return file;
    }
}
