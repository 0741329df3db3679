package io.tamada.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EditorTest {

    @TempDir Path directory;

    @Test
    void theEditorMayHaveArgumentsAndItsFileIsForNobodyElse() throws Exception {
        Path file = Editor.of("sed -i s/30/20/", null).edit("ttl: 30\n", "a/b");

        assertThat(Files.readString(file)).isEqualTo("ttl: 20\n");
        assertThat(file.getFileName().toString()).matches("a_b-config-.*\\.yaml");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        Files.delete(file);
    }

    @Test
    void anEditorThatFailsEndsTheCommand() {
        assertThatThrownBy(() -> Editor.of("false", null).edit("", "a"))
                .hasMessage("Editor exited with return code 1");
    }

    @Test
    void withoutAnEditorItIsSaidWhatToSet() {
        assertThatThrownBy(() -> Editor.of(null, directory.toString()))
                .hasMessageContaining("EDITOR environment variable is not set");
    }
}
