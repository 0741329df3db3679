package io.tamada.agent.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ScreenTest {

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(written, true, StandardCharsets.UTF_8);

    @Test
    void aTerminalRedrawsTheBlockInPlaceBelowTheLines() {
        var screen = new Screen.Terminal(out);

        screen.show(List.of("a", "b"), "same");
        screen.show(List.of("c", "d"), "same");
        screen.say("event");
        screen.end();
        screen.say("bye");

        assertThat(text())
                .isEqualTo(
                        block("a\nb")
                                + "\033[2A\r\033[J"
                                + block("c\nd")
                                + "\033[2A\r\033[Jevent\n"
                                + block("c\nd")
                                + "bye\n");
    }

    @Test
    void aPipeGetsTheBlockOnlyWhenItsStoryChanges() {
        var screen = new Screen.Plain(out);

        screen.show(List.of("lag 1"), "one");
        screen.show(List.of("lag 2"), "one");
        screen.say("event");
        screen.remark("still writing");
        screen.show(List.of("lag 3"), "two");

        assertThat(text()).isEqualTo("lag 1\nevent\nstill writing\nlag 3\n");
    }

    private String text() {
        return written.toString(StandardCharsets.UTF_8);
    }

    private static String block(String lines) {
        return "\033[?7l" + lines + "\n\033[?7h";
    }
}
