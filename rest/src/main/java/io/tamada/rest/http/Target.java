package io.tamada.rest.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// The target of a request: a decoded path and decoded query parameters. The first of several
/// parameters of one name counts, and one without a value is as good as absent (Patroni reads
/// them in the same way).
public record Target(String path, SequencedMap<String, String> query) {

    private static final SequencedMap<String, String> NO_QUERY = new LinkedHashMap<>();

    /// More parameters than this are not looked at.
    private static final int PARAMETER_LIMIT = 64;

    public Target {
        query = Collections.unmodifiableSequencedMap(query);
    }

    /// Reads a request target in origin or absolute form; null when an escape in it is broken.
    public static @Nullable Target parse(String uri) {
        String local = uri.startsWith("/") ? uri : withoutAuthority(uri);
        int fragment = local.indexOf('#');
        String whole = fragment < 0 ? local : local.substring(0, fragment);
        int question = whole.indexOf('?');
        try {
            return question < 0
                    ? new Target(decodedPath(whole), NO_QUERY)
                    : new Target(
                            decodedPath(whole.substring(0, question)),
                            parameters(whole.substring(question + 1)));
        } catch (IllegalArgumentException brokenEscape) {
            return null;
        }
    }

    private static String withoutAuthority(String uri) {
        int scheme = uri.indexOf("://");
        int path = scheme < 0 ? -1 : uri.indexOf('/', scheme + 3);
        return path < 0 ? "/" : uri.substring(path);
    }

    private static String decodedPath(String path) {
        // A plus sign stands for itself in a path, and for a space in a query only.
        return path.indexOf('%') < 0 ? path : decoded(path.replace("+", "%2B"));
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private static SequencedMap<String, String> parameters(String query) {
        SequencedMap<String, String> parameters = new LinkedHashMap<>();
        int start = 0;
        for (int i = 0; i < PARAMETER_LIMIT && start <= query.length(); i++) {
            int end = query.indexOf('&', start);
            String parameter = query.substring(start, end < 0 ? query.length() : end);
            int equals = parameter.indexOf('=');
            if (equals > 0 && equals < parameter.length() - 1) {
                parameters.putIfAbsent(
                        decoded(parameter.substring(0, equals)),
                        decoded(parameter.substring(equals + 1)));
            }
            if (end < 0) {
                break;
            }
            start = end + 1;
        }
        return parameters;
    }
}
