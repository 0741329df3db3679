package io.tamada.agent.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tamada.core.cluster.LeaderTerm;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Events of several members in the order of their times, which each member takes from its own
/// clock.
final class EventRows {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> COLUMNS =
            List.of("Time", "Member", "Event", "Rule", "What", "TL", "Leader");

    private record Row(Instant at, List<Object> cells, Map<String, Object> whole) {}

    private final List<Row> rows = new ArrayList<>();

    /// @param array a list of events in JSON.
    /// @return false when it is none.
    boolean add(String member, String array) {
        try {
            JsonNode events = JSON.readTree(array);
            if (!events.isArray()) {
                return false;
            }
            events.forEach(event -> add(member, event));
            return true;
        } catch (JsonProcessingException _) {
            return false;
        }
    }

    /// @param lines each an event in JSON; what is none is left out.
    void addLines(String member, List<String> lines) {
        lines.forEach(line -> add(member, "[" + line + "]"));
    }

    /// What etcd has of a member that does not tell its events itself.
    ///
    /// @return whether there is anything.
    boolean addTerms(String member, List<LeaderTerm> terms) {
        boolean found = false;
        for (LeaderTerm term : terms) {
            if (term.leader().value().equals(member)) {
                found = true;
                add(member, event(term, term.began(), "began to lead"));
                if (term.ended() != null) {
                    add(member, event(term, term.ended(), "leads no more"));
                }
            }
        }
        return found;
    }

    private static JsonNode event(LeaderTerm term, LeaderTerm.Turn turn, String what) {
        ObjectNode json = JSON.createObjectNode();
        json.put("time", turn.at());
        json.put("kind", "etcd");
        json.put("rule", turn.rule());
        json.put("what", what + ": " + LeaderHistory.reason(turn));
        json.put("timeline", term.timeline());
        return json;
    }

    void add(String member, JsonNode event) {
        Map<String, Object> whole = new java.util.LinkedHashMap<>();
        whole.put("member", member);
        event.properties()
                .forEach(
                        field ->
                                whole.put(
                                        field.getKey(),
                                        field.getValue().isIntegralNumber()
                                                ? (Object) field.getValue().longValue()
                                                : field.getValue().asText()));
        rows.add(
                new Row(
                        time(event),
                        List.of(
                                event.path("time").asText(),
                                member,
                                event.path("kind").asText(),
                                event.path("rule").asText(),
                                what(event),
                                event.path("timeline").asText(),
                                event.path("leader").asText()),
                        whole));
    }

    private static Instant time(JsonNode event) {
        try {
            return Instant.parse(event.path("time").asText());
        } catch (DateTimeException _) {
            return Instant.EPOCH;
        }
    }

    static String what(JsonNode event) {
        String because = event.path("because").asText();
        return switch (event.path("kind").asText()) {
            case "decision" ->
                    event.path("sentence").asText() + (because.isEmpty() ? "" : ": " + because);
            case "operation" ->
                    event.path("operation").asText()
                            + " "
                            + event.path("result").asText()
                            + (event.has("reason") ? ": " + event.path("reason").asText() : "");
            case "leader" ->
                    (event.has("leader")
                                    ? event.path("leader").asText() + " leads"
                                    : "nobody leads")
                            + (event.has("before")
                                    ? ", before it " + event.path("before").asText()
                                    : "");
            case "failure" ->
                    "could not be done: "
                            + event.path("step").asText()
                            + ": "
                            + event.path("reason").asText();
            case "agent" ->
                    "the agent has "
                            + event.path("what").asText()
                            + ", version "
                            + event.path("version").asText();
            case "lost" ->
                    event.path("lines").asText() + " events did not reach the disk and are missing";
            default -> event.path("what").asText();
        };
    }

    /// @param most the newest of all; where the format is for machines, with all that is known.
    String write(Format format, int most) {
        rows.sort(Comparator.comparing(Row::at));
        List<Row> newest = rows.subList(Math.max(0, rows.size() - most), rows.size());
        if (format == Format.JSON) {
            return Format.json(newest.stream().map(Row::whole).toList()) + "\n";
        }
        return format.write(
                "", COLUMNS, Set.of("TL"), newest.stream().map(Row::cells).toList(), false);
    }
}
