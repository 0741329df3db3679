package io.tamada.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UnifiedDiffTest {

    @Test
    void theSameTextHasNoDifference() {
        assertThat(UnifiedDiff.of("a\nb\n", "a\nb\n")).isEmpty();
    }

    @Test
    void aChangeIsShownBetweenThreeLinesOfItsSurroundings() {
        assertThat(UnifiedDiff.of("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n6\n7\n8\n9\n"))
                .containsExactly(
                        "--- ",
                        "+++ ",
                        "@@ -2,7 +2,7 @@",
                        " 2",
                        " 3",
                        " 4",
                        "-5",
                        "+x",
                        " 6",
                        " 7",
                        " 8");
    }

    @Test
    void changesFarFromEachOtherHaveAHeadingEach() {
        String before = "a\n1\n2\n3\n4\n5\n6\n7\nz\n";

        assertThat(UnifiedDiff.of(before, before.replace("a\n", "A\n").replace("z", "Z")))
                .containsExactly(
                        "--- ",
                        "+++ ",
                        "@@ -1,4 +1,4 @@",
                        "-a",
                        "+A",
                        " 1",
                        " 2",
                        " 3",
                        "@@ -6,4 +6,4 @@",
                        " 5",
                        " 6",
                        " 7",
                        "-z",
                        "+Z");
    }

    @Test
    void changesWhoseSurroundingsTouchShareAHeading() {
        String before = "a\n1\n2\n3\n4\n5\n6\nz\n";

        assertThat(UnifiedDiff.of(before, before.replace("a\n", "A\n").replace("z", "Z")))
                .contains("@@ -1,8 +1,8 @@")
                .hasSize(13);
    }

    @Test
    void oneLineHasNoLengthAndNoneBeginsAtItsNeighbour() {
        assertThat(UnifiedDiff.of("a", "b")).contains("@@ -1 +1 @@");
        assertThat(UnifiedDiff.of("a\nb\n", "a\n")).contains("@@ -1,2 +1 @@", "-b");
    }
}
