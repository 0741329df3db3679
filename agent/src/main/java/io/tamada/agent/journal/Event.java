package io.tamada.agent.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/// One line of the journal, before it has a number.
///
/// @param at by the wall clock of this node.
/// @param fields what happened; texts and numbers by their names, in order.
public record Event(Instant at, Kind kind, Map<String, Object> fields) {

    /// What a line is about.
    public enum Kind {
        /// The rule in force, or the facts that made it match, have changed.
        DECISION,
        /// A long operation on the instance has ended.
        OPERATION,
        /// Another member leads, or nobody.
        LEADER,
        /// A step could not be done.
        FAILURE,
        /// The guard, a process beside the agent, has ended the server.
        GUARD,
        /// The agent has begun or ended.
        AGENT,
        /// Lines are missing here: the disk took none.
        LOST;

        String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSX").withZone(ZoneOffset.UTC);

    /// Programs that fail are quoted, and may have been given one.
    private static final Pattern SECRET =
            Pattern.compile("(?i)(pass(?:word|phrase)\\s*[=:]\\s*)('[^']*'|\\S+)");

    private static final Pattern SECRET_IN_URL = Pattern.compile("(://[^\\s:/@]*:)[^\\s@]+@");

    private static final int LONGEST_TEXT = 1_000;

    public Event {
        fields = new LinkedHashMap<>(fields);
    }

    /// Without secrets and without a line break.
    String line(long number) {
        ObjectNode json = JSON.createObjectNode();
        json.put("seq", number);
        json.put("time", stamp(at));
        json.put("kind", kind.word());
        fields.forEach(
                (name, value) -> {
                    switch (value) {
                        case Integer whole -> json.put(name, whole);
                        case Long whole -> json.put(name, whole);
                        default -> json.put(name, clean(value.toString()));
                    }
                });
        try {
            return JSON.writeValueAsString(json);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a JSON tree always has a text", impossible);
        }
    }

    static String stamp(Instant at) {
        return STAMP.format(at);
    }

    static String clean(String text) {
        String bounded = text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) : text;
        String hidden = SECRET.matcher(bounded).replaceAll("$1***");
        return SECRET_IN_URL.matcher(hidden).replaceAll("$1***@");
    }
}
