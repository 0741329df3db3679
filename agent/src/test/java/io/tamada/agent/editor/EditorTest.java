package io.tamada.agent.editor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EditorTest {

    @TempDir Path directory;

    private static Editor editor(String named) {
        return Objects.requireNonNull(Editor.of(named, null));
    }

    @Test
    void theEditorMayHaveArgumentsAndItsFileIsForNobodyElse() throws Exception {
        Path file = editor("sed -i s/30/20/").edit("ttl: 30\n", "a/b");

        assertThat(Files.readString(file)).isEqualTo("ttl: 20\n");
        assertThat(file.getFileName().toString()).matches("a_b-config-.*\\.yaml");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        Files.delete(file);
    }

    @Test
    void anEditorThatFailsEndsTheCommand() {
        assertThatThrownBy(() -> editor("false").edit("", "a"))
                .hasMessage("Editor exited with return code 1");
    }

    @Test
    void withoutAVariableTheSystemsEditorIsTaken() throws Exception {
        assertThat(Editor.of(null, directory.toString())).isNull();

        Path program = Files.createFile(directory.resolve("vi"));
        assertThat(program.toFile().setExecutable(true)).isTrue();

        assertThat(Editor.of(" ", directory.toString())).isNotNull();
    }
}
