package io.tamada.core.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `synchronous_standby_names`: a commit is acknowledged when `count` of the named standbys have
/// flushed it (PostgreSQL manual, "synchronous_standby_names").
///
/// By priority or by quorum makes no difference to what may be relied on: which of the standbys
/// PostgreSQL counts by priority depends on who is connected.
///
/// @param count zero when commits wait for nobody.
/// @param names in lower case and sorted, since PostgreSQL does not tell the cases apart.
public record StandbyNames(int count, List<String> names) {

    /// A name that no member can make use of: with it, commits wait until the names change.
    private static final String NOBODY = "no_synchronous_standby";

    private static final String ANYBODY = "*";

    /// Commits wait for nobody.
    public static final StandbyNames NONE = new StandbyNames(0, List.of());

    /// Any connection that streams may acknowledge, also a member that is not to count or
    /// somebody's `pg_receivewal`: there is a second copy, but nobody may be elected for having it.
    public static final StandbyNames ANYONE = new StandbyNames(1, List.of(ANYBODY));

    /// No commit is acknowledged.
    public static final StandbyNames BLOCKED = new StandbyNames(1, List.of(NOBODY));

    private static final Pattern COUNTED =
            Pattern.compile(
                    "(?:(?:ANY|FIRST)\\s+)?([0-9]{1,6})\\s*\\((.*)\\)",
                    Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private static final Pattern NAME =
            Pattern.compile("\\s*(?:\"((?:[^\"]|\"\")+)\"|([^\\s,\"()]+))\\s*(,|$)");

    public StandbyNames {
        TreeSet<String> sorted = new TreeSet<>();
        for (String name : names) {
            sorted.add(name.toLowerCase(Locale.ROOT));
        }
        names = List.copyOf(sorted);
        count = names.isEmpty() ? 0 : count;
    }

    /// All of them must have it.
    public static StandbyNames all(List<String> names) {
        StandbyNames distinct = new StandbyNames(1, names);
        return new StandbyNames(distinct.names().size(), distinct.names());
    }

    /// Reads what a server has in force, whoever has written it. What cannot be read may mean
    /// anybody.
    public static StandbyNames parse(String text) {
        String stripped = text.strip();
        if (stripped.isEmpty()) {
            return NONE;
        }
        Matcher counted = COUNTED.matcher(stripped);
        int count = 1;
        String list = stripped;
        if (counted.matches()) {
            count = Integer.parseInt(counted.group(1));
            list = counted.group(2);
        }
        List<String> names = new ArrayList<>();
        Matcher name = NAME.matcher(list);
        int at = 0;
        while (at < list.length()) {
            if (!name.find(at) || name.start() != at) {
                return new StandbyNames(1, List.of(ANYBODY));
            }
            String quoted = name.group(1);
            names.add(quoted == null ? name.group(2) : quoted.replace("\"\"", "\""));
            at = name.end();
        }
        return new StandbyNames(count, names);
    }

    /// Whether a standby of this name can be waited for and told from others: `*`, also in
    /// quotes, is everybody.
    public static boolean isUsable(String name) {
        return !name.equals(ANYBODY) && !name.equalsIgnoreCase(NOBODY);
    }

    /// As it goes into postgresql.conf.
    public String text() {
        if (names.isEmpty()) {
            return "";
        }
        List<String> quoted = new ArrayList<>();
        for (String name : names) {
            quoted.add(name.equals(ANYBODY) ? name : '"' + name.replace("\"", "\"\"") + '"');
        }
        String list = String.join(",", quoted);
        if (count < names.size()) {
            return "ANY " + count + " (" + list + ")";
        }
        return count == 1 ? list : count + " (" + list + ")";
    }

    public boolean waitForNobody() {
        return count == 0;
    }

    /// Whether anybody at all may acknowledge.
    public boolean includeAnybody() {
        return names.contains(ANYBODY);
    }

    /// Those of the names that somebody can have.
    public List<String> real() {
        List<String> real = new ArrayList<>(names);
        real.remove(NOBODY);
        return real;
    }
}
