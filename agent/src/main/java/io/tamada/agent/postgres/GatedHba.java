package io.tamada.agent.postgres;

import io.tamada.core.postgres.ClientGate;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// `pg_hba.conf` while the gate is shut: the same lines, in the same order and with the same
/// methods, but for the agents' own roles only (PostgreSQL manual, "The pg_hba.conf File").
///
/// Lines whose users cannot be told here (groups, patterns, other files) let nobody in.
final class GatedHba {

    /// A parameter that means nothing to the server; it says which rules it has loaded.
    static final String PARAMETER = "tamada.client_gate";

    static final String SHUT = "shut";

    private static final Pattern LINE =
            Pattern.compile(
                    "\\s*((?:local|host\\w*)\\s+"
                            + "(?:\"[^\"]*\"|[^\\s\"])+)\\s+((?:\"[^\"]*\"|[^\\s\"])+)\\s+(.*)");

    private GatedHba() {}

    static ClientGate gateOf(@Nullable String parameter) {
        return SHUT.equals(parameter) ? ClientGate.SHUT : ClientGate.OPEN;
    }

    static String of(String hba, List<String> roles) {
        StringBuilder text = new StringBuilder();
        // A line may go on behind a backslash, and a list behind a comma.
        for (String line : hba.replace("\\\n", " ").lines().toList()) {
            Matcher matcher = LINE.matcher(line.replaceAll(",\\s+", ","));
            if (!matcher.matches()) {
                continue;
            }
            String users = ours(matcher.group(2), roles);
            if (!users.isEmpty()) {
                text.append(matcher.group(1))
                        .append(' ')
                        .append(users)
                        .append(' ')
                        .append(matcher.group(3))
                        .append('\n');
            }
        }
        return text.toString();
    }

    private static String ours(String users, List<String> roles) {
        List<String> kept = new ArrayList<>();
        for (String user : users.split(",", -1)) {
            boolean quoted = user.startsWith("\"") && user.endsWith("\"") && user.length() > 1;
            String name = quoted ? user.substring(1, user.length() - 1) : user;
            for (String role : roles) {
                if ((!quoted && name.equals("all")) || name.equals(role)) {
                    kept.add('"' + role + '"');
                }
            }
        }
        return String.join(",", kept);
    }
}
