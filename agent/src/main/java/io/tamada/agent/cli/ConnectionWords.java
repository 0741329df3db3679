package io.tamada.agent.cli;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The words of a connection string of libpq, in either of its forms (PostgreSQL manual,
/// "Connection Strings"), with libpq's variables for those that are not there.
final class ConnectionWords {

    private static final Pattern WORD =
            Pattern.compile("\\s*(\\w+)\\s*=\\s*('(?:[^'\\\\]|\\\\.)*'|(?:[^\\s'\\\\]|\\\\.)*)");

    private static final Map<String, String> VARIABLES =
            Map.of(
                    "host", "PGHOST",
                    "port", "PGPORT",
                    "user", "PGUSER",
                    "password", "PGPASSWORD",
                    "dbname", "PGDATABASE",
                    "sslmode", "PGSSLMODE",
                    "sslcert", "PGSSLCERT",
                    "sslkey", "PGSSLKEY",
                    "sslrootcert", "PGSSLROOTCERT");

    private ConnectionWords() {}

    static Map<String, String> of(@Nullable String dsn, Map<String, String> environment)
            throws StoreOptions.Failure {
        Map<String, String> words = new HashMap<>();
        VARIABLES.forEach(
                (word, variable) -> {
                    String value = environment.getOrDefault(variable, "");
                    if (!value.isEmpty()) {
                        words.put(word, value);
                    }
                });
        if (dsn != null) {
            words.putAll(dsn.matches("postgres(ql)?://.*") ? ofUri(dsn) : ofPairs(dsn));
        }
        return words;
    }

    private static Map<String, String> ofPairs(String dsn) throws StoreOptions.Failure {
        Map<String, String> words = new HashMap<>();
        Matcher matcher = WORD.matcher(dsn);
        int end = 0;
        while (matcher.find() && matcher.start() == end) {
            String value = matcher.group(2);
            if (value.startsWith("'")) {
                value = value.substring(1, value.length() - 1);
            }
            words.put(matcher.group(1).toLowerCase(Locale.ROOT), value.replaceAll("\\\\(.)", "$1"));
            end = matcher.end();
        }
        if (words.isEmpty() || !dsn.substring(end).isBlank()) {
            throw wrong();
        }
        return words;
    }

    private static Map<String, String> ofUri(String dsn) throws StoreOptions.Failure {
        Map<String, String> words = new HashMap<>();
        URI uri;
        try {
            uri = URI.create(dsn);
        } catch (IllegalArgumentException malformed) {
            throw wrong();
        }
        if (uri.getRawUserInfo() != null) {
            String[] login = uri.getRawUserInfo().split(":", 2);
            words.put("user", decoded(login[0]));
            if (login.length == 2) {
                words.put("password", decoded(login[1]));
            }
        }
        if (uri.getHost() != null) {
            words.put("host", uri.getHost().replaceAll("[\\[\\]]", ""));
        }
        if (uri.getPort() > 0) {
            words.put("port", Integer.toString(uri.getPort()));
        }
        if (uri.getPath() != null && uri.getPath().length() > 1) {
            words.put("dbname", uri.getPath().substring(1));
        }
        for (String pair : (uri.getRawQuery() == null ? "" : uri.getRawQuery()).split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                words.put(pair.substring(0, equals), decoded(pair.substring(equals + 1)));
            }
        }
        return words;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /// The string itself may hold a password.
    private static StoreOptions.Failure wrong() {
        return new StoreOptions.Failure(
                AgentCommand.BAD_CONFIGURATION,
                "--dsn: found something else, expected a connection string such as"
                        + " 'host=/var/run/postgresql user=postgres'");
    }
}
