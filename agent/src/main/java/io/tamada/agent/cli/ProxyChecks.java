package io.tamada.agent.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Whether a running HAProxy sends writes where the leader is.
final class ProxyChecks {

    /// The backend of generated configurations that leads to the primary.
    private static final String WRITES = "primary";

    private ProxyChecks() {}

    /// @param statistics what HAProxy says to `show stat`.
    /// @param leader `HOST:PORT` of the leader's server; null when nobody leads.
    static void statistics(Diagnosis diagnosis, String statistics, @Nullable String leader) {
        List<String> lines = statistics.lines().filter(line -> !line.isBlank()).toList();
        int head = 0;
        while (head < lines.size() && !lines.get(head).contains("pxname,svname")) {
            head++;
        }
        if (head == lines.size()) {
            diagnosis.fail(
                    "HAProxy",
                    "its answer has no statistics",
                    "is this the stats socket (stats socket PATH level admin)?");
            return;
        }
        Map<String, Integer> columns = new HashMap<>();
        String[] names = lines.get(head).replaceFirst("^.*?pxname", "pxname").split(",", -1);
        for (int i = 0; i < names.length; i++) {
            columns.put(names[i], i);
        }
        List<String> up = new ArrayList<>();
        for (String line : lines.subList(head + 1, lines.size())) {
            String[] fields = line.split(",", -1);
            String server = field(fields, columns.get("svname"));
            boolean counts =
                    field(fields, columns.get("pxname")).equals(WRITES)
                            && !server.equals("FRONTEND")
                            && !server.equals("BACKEND")
                            && field(fields, columns.get("status")).startsWith("UP");
            if (counts) {
                up.add(field(fields, columns.get("addr")));
            }
        }
        String wanted = leader == null ? "" : leader;
        if (up.equals(List.of(wanted))) {
            diagnosis.ok("HAProxy", "writes go to the leader, " + wanted);
        } else {
            diagnosis.fail(
                    "HAProxy",
                    "writes go to %s, the leader is %s"
                            .formatted(
                                    up.isEmpty() ? "nobody" : String.join(" and ", up),
                                    leader == null ? "nobody" : leader),
                    "compare its servers and their checks with tamada haproxy-config");
        }
    }

    private static String field(String[] fields, @Nullable Integer index) {
        return index == null || index >= fields.length ? "" : fields[index];
    }
}
