package io.tamada.agent.postgres;

import io.tamada.agent.postgres.PostgresSettings.Role;
import io.tamada.core.postgres.Upstream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Connection strings of libpq (PostgreSQL manual, "Connection Strings"), keyword form.
final class ConnInfo {

    private static final String SECRET = "sslpassword";

    private ConnInfo() {}

    /// How a standby reaches its upstream.
    static String forStandby(
            Upstream upstream, Role role, @Nullable Path passfile, String applicationName) {
        Map<String, String> words = words(upstream, role, passfile);
        words.put("application_name", applicationName);
        words.putIfAbsent("sslmode", "prefer");
        words.putIfAbsent("gssencmode", "prefer");
        words.putIfAbsent("channel_binding", "prefer");
        if (upstream.host().contains(",")) {
            // Of the servers of another cluster the primary is meant.
            words.put("target_session_attrs", "read-write");
        }
        return format(words);
    }

    /// How a tool reaches a server.
    static String forTool(
            Upstream server, Role role, @Nullable Path passfile, @Nullable String database) {
        Map<String, String> words = words(server, role, passfile);
        // A command line is everybody's to read.
        words.remove(SECRET);
        if (database != null) {
            words.put("dbname", database);
        }
        return format(words);
    }

    private static Map<String, String> words(Upstream server, Role role, @Nullable Path passfile) {
        Map<String, String> words = new LinkedHashMap<>();
        words.put("user", role.name());
        if (passfile != null && role.password() != null) {
            words.put("passfile", passfile.toString());
        }
        words.put("host", server.host());
        words.put("port", Integer.toString(server.port()));
        words.putAll(role.options());
        return words;
    }

    static String format(Map<String, String> words) {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, String> word : words.entrySet()) {
            if (!text.isEmpty()) {
                text.append(' ');
            }
            text.append(word.getKey()).append('=').append(quoted(word.getValue()));
        }
        return text.toString();
    }

    private static String quoted(String value) {
        boolean plain = !value.isEmpty();
        for (int i = 0; plain && i < value.length(); i++) {
            char c = value.charAt(i);
            plain = c != '\'' && c != '\\' && !Character.isWhitespace(c);
        }
        return plain ? value : "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }

    /// Host and port of a connection string, or null when it names none.
    static @Nullable Upstream upstreamOf(String conninfo) {
        Map<String, String> words = parse(conninfo);
        String host = words.getOrDefault("host", words.get("hostaddr"));
        if (host == null || host.isEmpty()) {
            return null;
        }
        try {
            return new Upstream(host, Integer.parseInt(words.getOrDefault("port", "5432")));
        } catch (NumberFormatException severalPorts) {
            return null;
        }
    }

    /// The words of a connection string in keyword form; what cannot be read is left out.
    static Map<String, String> parse(String conninfo) {
        Map<String, String> words = new LinkedHashMap<>();
        int i = 0;
        while (i < conninfo.length()) {
            int equals = conninfo.indexOf('=', i);
            if (equals < 0) {
                break;
            }
            String key = conninfo.substring(i, equals).strip();
            i = equals + 1;
            while (i < conninfo.length() && Character.isWhitespace(conninfo.charAt(i))) {
                i++;
            }
            boolean isQuoted = i < conninfo.length() && conninfo.charAt(i) == '\'';
            if (isQuoted) {
                i++;
            }
            StringBuilder value = new StringBuilder();
            while (i < conninfo.length()) {
                char c = conninfo.charAt(i++);
                if (isQuoted ? c == '\'' : Character.isWhitespace(c)) {
                    break;
                }
                if (c == '\\' && i < conninfo.length()) {
                    c = conninfo.charAt(i++);
                }
                value.append(c);
            }
            words.put(key, value.toString());
        }
        return words;
    }
}
