package io.tamada.agent.cli;

import java.util.ArrayList;
import java.util.List;

/// The difference of two texts in the unified format, with three lines around each change.
final class UnifiedDiff {

    private static final int AROUND = 3;

    /// One line of the common story.
    ///
    /// @param kind `' '`, `'-'` or `'+'`.
    private record Step(char kind, String line) {}

    private UnifiedDiff() {}

    /// The lines, headings first; none when the texts are the same.
    static List<String> of(String before, String after) {
        List<Step> story = story(lines(before), lines(after));
        List<String> written = new ArrayList<>();
        int next = 0;
        while (next < story.size()) {
            int change = nextChange(story, next);
            if (change == story.size()) {
                break;
            }
            if (written.isEmpty()) {
                written.add("--- ");
                written.add("+++ ");
            }
            int start = Math.max(next, change - AROUND);
            int end = endOfHunk(story, change);
            written.add(heading(story, start, end));
            story.subList(start, end).forEach(step -> written.add(step.kind() + step.line()));
            next = end;
        }
        return written;
    }

    private static List<String> lines(String text) {
        return List.of(text.stripTrailing().split("\n", -1));
    }

    private static int nextChange(List<Step> story, int from) {
        int at = from;
        while (at < story.size() && story.get(at).kind() == ' ') {
            at++;
        }
        return at;
    }

    /// Changes whose surroundings touch share a hunk.
    private static int endOfHunk(List<Step> story, int change) {
        int last = change;
        int next = nextChange(story, change + 1);
        while (next < story.size() && next - last <= 2 * AROUND + 1) {
            last = next;
            next = nextChange(story, next + 1);
        }
        return Math.min(story.size(), last + 1 + AROUND);
    }

    private static String heading(List<Step> story, int start, int end) {
        return "@@ -%s +%s @@"
                .formatted(range(story, start, end, '+'), range(story, start, end, '-'));
    }

    /// @param foreign the lines that this text does not have.
    private static String range(List<Step> story, int start, int end, char foreign) {
        long before = count(story.subList(0, start), foreign);
        long length = count(story.subList(start, end), foreign);
        if (length == 1) {
            return String.valueOf(before + 1);
        }
        return (length == 0 ? before : before + 1) + "," + length;
    }

    private static long count(List<Step> steps, char foreign) {
        return steps.stream().filter(step -> step.kind() != foreign).count();
    }

    /// By the longest common subsequence: a configuration has some hundred lines at most.
    private static List<Step> story(List<String> before, List<String> after) {
        int[][] common = new int[before.size() + 1][after.size() + 1];
        for (int i = before.size() - 1; i >= 0; i--) {
            for (int j = after.size() - 1; j >= 0; j--) {
                common[i][j] =
                        before.get(i).equals(after.get(j))
                                ? common[i + 1][j + 1] + 1
                                : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        List<Step> story = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < before.size() || j < after.size()) {
            boolean more = i < before.size() && j < after.size();
            if (more && before.get(i).equals(after.get(j))) {
                story.add(new Step(' ', before.get(i++)));
                j++;
            } else if (j == after.size()
                    || (i < before.size() && common[i + 1][j] >= common[i][j + 1])) {
                story.add(new Step('-', before.get(i++)));
            } else {
                story.add(new Step('+', after.get(j++)));
            }
        }
        return story;
    }
}
