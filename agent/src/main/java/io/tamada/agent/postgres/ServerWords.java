package io.tamada.agent.postgres;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a server that does not start has said, with the cause in front and without what differs
/// from attempt to attempt: times and process ids.
///
/// In another language than English the words of severity are others, too; then the last lines
/// stand as they are, without their times.
final class ServerWords {

    private static final int MOST_CAUSES = 8;
    private static final int MOST_OTHERS = 2;

    /// Whatever `log_line_prefix` says stands before the severity.
    private static final Pattern SEVERITY =
            Pattern.compile(
                    "(?:^|[^A-Z])(PANIC|FATAL|ERROR|WARNING|HINT|DETAIL|CONTEXT|LOG|NOTICE|INFO):\\s+(.*)");

    private static final Pattern TIME_AND_PID =
            Pattern.compile(
                    "^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d(\\.\\d+)?( [A-Z]+)?( \\[\\d+\\])?:?\\s*");

    private static final Pattern PID = Pattern.compile(" ?\\(PID \\d+\\)");

    /// What every start and every end says, and what clients hear meanwhile.
    private static final Pattern COURSE =
            Pattern.compile(
                    "starting PostgreSQL .*|listening on .*|(the )?database system (is|was) .*"
                            + "|redirecting log output .*|shutting down|entering standby mode");

    private static final Pattern ENDED = Pattern.compile(".*startup process.*");

    private ServerWords() {}

    /// @param lines as the server has printed them, the oldest first.
    /// @return one line; empty when nothing is left.
    static String of(List<String> lines) {
        SequencedSet<String> causes = new LinkedHashSet<>();
        SequencedSet<String> others = new LinkedHashSet<>();
        boolean ofCause = false;
        for (String line : lines) {
            String bare = PID.matcher(line.strip()).replaceAll("");
            Matcher said = SEVERITY.matcher(bare);
            boolean known = said.find();
            String severity = known ? said.group(1) : "";
            String text = known ? said.group(2) : TIME_AND_PID.matcher(bare).replaceFirst("");
            if (text.isEmpty() || COURSE.matcher(text).matches()) {
                ofCause = false;
                continue;
            }
            ofCause =
                    switch (severity) {
                        case "PANIC", "FATAL", "ERROR" -> true;
                        // These belong to the line before them.
                        case "HINT", "DETAIL", "CONTEXT" -> ofCause;
                        default -> text.startsWith("could not") || ENDED.matcher(text).matches();
                    };
            SequencedSet<String> place = ofCause ? causes : others;
            String shown =
                    severity.isEmpty() || severity.equals("LOG") ? text : severity + ": " + text;
            place.remove(shown);
            place.addLast(shown);
        }
        List<String> all = new ArrayList<>(last(causes, MOST_CAUSES));
        all.addAll(last(others, MOST_OTHERS));
        return String.join(" | ", all);
    }

    private static List<String> last(SequencedSet<String> lines, int most) {
        List<String> all = new ArrayList<>(lines);
        return all.subList(Math.max(0, all.size() - most), all.size());
    }
}
