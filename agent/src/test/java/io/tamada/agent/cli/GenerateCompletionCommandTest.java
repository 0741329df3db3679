package io.tamada.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.agent.cli.GenerateCompletionCommand.Shell;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Lets a real bash complete words.
class GenerateCompletionCommandTest {

    @TempDir Path directory;

    /// @param words of the line so far, the last one unfinished.
    private String completed(String words) throws IOException {
        Path script =
                Files.writeString(
                        directory.resolve("completion"),
                        GenerateCompletionCommand.script(Shell.BASH));
        Path asks =
                Files.writeString(
                        directory.resolve("asks"),
                        """
                        . %s
                        COMP_WORDS=(%s)
                        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                        COMP_LINE="${COMP_WORDS[*]}"
                        COMP_POINT=${#COMP_LINE}
                        _complete_tamada
                        printf '%%s\\n' "${COMPREPLY[@]}"
                        """
                                .formatted(script, words));
        Process bash =
                new ProcessBuilder("bash", asks.toString()).redirectErrorStream(true).start();
        return new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void bashCompletesCommandsOptionsAndTheWordsThatAnOptionTakes() throws Exception {
        assertThat(completed("tamada sw").lines()).contains("switchover");
        assertThat(completed("tamada edit-config --app").lines()).contains("--apply");
        assertThat(completed("tamada dsn -r ''").lines())
                .contains("leader", "standby-leader", "any");
        assertThat(completed("tamada list -f ''").lines())
                .contains("pretty", "json")
                .doesNotContain("topology");
    }

    @Test
    void zshIsToldToReadItTheSameWay() {
        assertThat(GenerateCompletionCommand.script(Shell.ZSH))
                .startsWith("#compdef tamada\n")
                .contains("bashcompinit")
                .contains("_complete_tamada");
    }
}
