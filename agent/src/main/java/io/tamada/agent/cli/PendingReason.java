package io.tamada.agent.cli;

import io.tamada.core.member.PendingRestart;
import java.util.ArrayList;
import java.util.List;

/// For the sake of which parameters a restart is pending, one line for each.
final class PendingReason {

    /// Longer ones would tear the table.
    private static final int LONGEST = 50;

    private PendingReason() {}

    /// Empty when no reason is known.
    static String text(PendingRestart restart, boolean forPeople) {
        List<String> lines = new ArrayList<>();
        restart.changes()
                .forEach(
                        (name, change) -> {
                            String line =
                                    "%s: %s->%s"
                                            .formatted(name, change.oldValue(), change.newValue());
                            lines.add(
                                    forPeople && line.length() > LONGEST
                                            ? name + ": [hidden - too long]"
                                            : line);
                        });
        return String.join("\n", lines);
    }
}
