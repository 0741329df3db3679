package io.tamada.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class DialogueTest {

    private final StringWriter shown = new StringWriter();

    private Dialogue typing(String typed) {
        return new Dialogue(new PrintWriter(shown), new BufferedReader(new StringReader(typed)));
    }

    @Test
    void anEmptyLineIsNoAndWhatIsNeitherIsAskedAgain() throws Exception {
        Dialogue dialogue = typing("\nperhaps\nYes\n");

        assertThat(dialogue.confirm("Apply these changes?")).isFalse();
        assertThat(dialogue.confirm("Sure?")).isTrue();
        assertThat(shown)
                .hasToString(
                        "Apply these changes? [y/N]: Sure? [y/N]: Error: invalid input\n"
                                + "Sure? [y/N]: ");
    }

    @Test
    void anEmptyLineStandsForTheUsualAnswerAndWithoutOneItIsAskedAgain() throws Exception {
        Dialogue dialogue = typing("\n\nb\n");

        assertThat(dialogue.ask("Candidate", "a")).isEqualTo("a");
        assertThat(dialogue.ask("Name", null)).isEqualTo("b");
        assertThat(shown).hasToString("Candidate [a]: Name: Name: ");
    }

    @Test
    void theEndOfTheInputAborts() {
        assertThatThrownBy(() -> typing("").confirm("Sure?")).hasMessage("Aborted!");
    }
}
