package io.tamada.core.decision;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// `docs/rules.md` is written from `RuleId`. To write it anew:
///
///     mvn -pl core test -Dtest=RulesDocumentTest -Dtamada.rules.write=true
class RulesDocumentTest {

    private static final String WRITE = "tamada.rules.write";

    @Test
    void theListOfRulesInTheDocumentationIsUpToDate() throws IOException {
        Path document = root().resolve("docs/rules.md");
        String wanted = document();
        if (Boolean.getBoolean(WRITE)) {
            Files.createDirectories(document.getParent());
            Files.writeString(document, wanted);
        }
        assertThat(document).as("run this test with -D%s=true", WRITE).hasContent(wanted);
    }

    /// Tests run in the module's directory.
    private static Path root() {
        Path here = Path.of("").toAbsolutePath();
        Path parent = here.getParent();
        return here.endsWith("core") && parent != null ? parent : here;
    }

    private static String document() {
        StringBuilder text =
                new StringBuilder(
                        """
                        # Rules

                        Every turn of the agent's loop ends in one decision, and every decision names the
                        rule that made it. The code stands in the log, in the metrics and in the status
                        documents; it never changes its meaning, and a number is never used again.
                        A decision is logged as a warning where the last column says so, some only when
                        they have lasted for ten seconds; all others are logged as information.

                        This page is written from `RuleId` by `RulesDocumentTest`; that test says how.
                        """);
        char chapter = 0;
        for (RuleId rule : RuleId.values()) {
            char letter = rule.code().charAt(0);
            if (letter != chapter) {
                chapter = letter;
                text.append("\n## ").append(letter).append(": ").append(title(letter));
                text.append(
                        "\n\n| code | rule | what the agent says | warning |\n|---|---|---|---|\n");
            }
            text.append("| ").append(rule.code());
            text.append(" | `").append(rule.name());
            text.append("` | ").append(rule.sentence()).append(" | ");
            text.append(
                    switch (Gravity.of(rule)) {
                        case ORDINARY -> "";
                        case GRAVE_WHEN_IT_LASTS -> "when it lasts";
                        case GRAVE -> "yes";
                    });
            text.append(" |\n");
        }
        return text.toString();
    }

    private static String title(char chapter) {
        return switch (chapter) {
            case 'S' -> "the store does not answer";
            case 'M' -> "maintenance (pause)";
            case 'O' -> "a long operation is under way";
            case 'B' -> "the cluster, or this member's data, does not exist yet";
            case 'R' -> "there is data, but no server";
            case 'L' -> "this member leads";
            case 'C' -> "synchronous replication, of a leader";
            case 'E' -> "there is no leader";
            case 'F' -> "another member leads";
            case 'K' -> "replication slots";
            case 'X' -> "shutting down";
            case 'T' -> "another leader is asked for";
            case 'V' -> "something is asked for of this member's server";
            case 'Y' -> "the cluster follows another one";
            default -> throw new IllegalArgumentException("a chapter without a title: " + chapter);
        };
    }
}
