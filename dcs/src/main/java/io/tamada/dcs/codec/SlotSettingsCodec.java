package io.tamada.dcs.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tamada.core.cluster.SlotSettings;
import io.tamada.core.cluster.SlotSettings.ClusterKind;
import io.tamada.core.cluster.SlotSettings.Logical;
import io.tamada.core.cluster.SlotSettings.Matcher;
import io.tamada.core.cluster.SlotSettings.Permanent;
import io.tamada.core.cluster.SlotSettings.WalBudget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// `slots`, `ignore_slots` and our own budget for the WAL that slots hold back. A slot that makes
/// no sense is left out, with a warning.
final class SlotSettingsCodec {

    private static final String NAME = "[a-z0-9_]{1,63}";
    private static final String EXPECTED_BUDGET =
            "a number of bytes, such as 10GB, or a percentage of the free room, such as 50%";

    private final Warnings warnings;

    private SlotSettingsCodec(Warnings warnings) {
        this.warnings = warnings;
    }

    /// @param config the whole document.
    /// @param ours its `tamada` object.
    static SlotSettings decode(
            ObjectNode config, Settings settings, Settings ours, Warnings warnings) {
        SlotSettingsCodec codec = new SlotSettingsCodec(warnings);
        SlotSettings absent = SlotSettings.DEFAULTS;
        Duration time = ours.seconds("slot_wal_time", absent.budget().time());
        return new SlotSettings(
                settings.seconds("member_slots_ttl", absent.memberTtl()),
                codec.permanent(config.get("slots")),
                codec.ignored(config.get("ignore_slots")),
                codec.budget(config.get("tamada"), ours, time));
    }

    private SortedMap<String, Permanent> permanent(@Nullable JsonNode node) {
        SortedMap<String, Permanent> permanent = new TreeMap<>();
        if (node == null || node.isNull()) {
            return permanent;
        }
        if (!(node instanceof ObjectNode slots)) {
            say("slots", node, "an object with a slot's name for each key", "{}");
            return permanent;
        }
        for (Map.Entry<String, JsonNode> slot : slots.properties()) {
            String key = "slots." + slot.getKey();
            if (!slot.getKey().matches(NAME)) {
                say(
                        key,
                        slot.getValue(),
                        "a name of up to 63 lower case letters, digits and underscores",
                        "no such slot");
                continue;
            }
            Permanent wanted = permanent(key, slot.getValue());
            if (wanted != null) {
                permanent.put(slot.getKey(), wanted);
            }
        }
        return permanent;
    }

    private @Nullable Permanent permanent(String key, JsonNode node) {
        if (isFalse(node)) {
            return new Permanent(null, ClusterKind.ANY);
        }
        if (!(node instanceof ObjectNode slot)) {
            say(key, node, "an object with 'type'", "no such slot");
            return null;
        }
        String database = Json.scalar(slot, "database");
        String plugin = Json.scalar(slot, "plugin");
        boolean complete = database != null && plugin != null;
        String type = Json.scalar(slot, "type");
        ClusterKind kind = kind(key, slot);
        return switch (type == null ? (complete ? "logical" : "physical") : type) {
            case "physical" -> new Permanent(null, kind);
            case "logical" -> {
                if (database == null || plugin == null) {
                    say(key, node, "'database' and 'plugin' for a logical slot", "no such slot");
                    yield null;
                }
                yield new Permanent(new Logical(database, plugin), kind);
            }
            default -> {
                say(key + ".type", node, "physical or logical", "no such slot");
                yield null;
            }
        };
    }

    /// What stands for nothing in a Patroni's configuration: a slot of which no more is said.
    private static boolean isFalse(JsonNode node) {
        return switch (node.getNodeType()) {
            case NULL, MISSING -> true;
            case BOOLEAN -> !node.booleanValue();
            case NUMBER -> node.doubleValue() == 0;
            case STRING -> node.textValue().isEmpty();
            case ARRAY, OBJECT -> node.isEmpty();
            case BINARY, POJO -> false;
        };
    }

    private ClusterKind kind(String key, ObjectNode slot) {
        JsonNode node = slot.get("cluster_type");
        if (node == null || node.isNull()) {
            return ClusterKind.ANY;
        }
        return switch (node.asText("")) {
            case "primary" -> ClusterKind.PRIMARY;
            case "standby" -> ClusterKind.STANDBY;
            default -> {
                say(key + ".cluster_type", node, "primary or standby", "every cluster");
                yield ClusterKind.ANY;
            }
        };
    }

    private List<Matcher> ignored(@Nullable JsonNode node) {
        List<Matcher> matchers = new ArrayList<>();
        if (node == null || node.isNull()) {
            return matchers;
        }
        if (!(node instanceof ArrayNode all)) {
            say("ignore_slots", node, "a list of objects", "[]");
            return matchers;
        }
        for (JsonNode item : all) {
            String type = item instanceof ObjectNode fields ? Json.scalar(fields, "type") : null;
            boolean typeKnown = type == null || type.equals("physical") || type.equals("logical");
            if (item instanceof ObjectNode fields && typeKnown && !fields.isEmpty()) {
                matchers.add(
                        new Matcher(
                                Json.scalar(fields, "name"),
                                type == null ? null : type.equals("physical"),
                                Json.scalar(fields, "database"),
                                Json.scalar(fields, "plugin")));
            } else {
                say(
                        "ignore_slots",
                        item,
                        "an object with name, type (physical or logical), database or plugin",
                        "nothing");
            }
        }
        return matchers;
    }

    private WalBudget budget(@Nullable JsonNode own, Settings ours, Duration time) {
        JsonNode node = own instanceof ObjectNode fields ? fields.get("slot_wal_budget") : null;
        if (node == null || node.isNull()) {
            return new WalBudget(null, null, time);
        }
        String text = node.asText("").strip();
        if (text.matches("[1-9][0-9]?%")) {
            return new WalBudget(null, Integer.valueOf(text.substring(0, text.length() - 1)), time);
        }
        long bytes = ours.bytes("slot_wal_budget", -1, EXPECTED_BUDGET, "no budget");
        return new WalBudget(bytes <= 0 ? null : bytes, null, time);
    }

    private void say(String key, JsonNode found, String expected, String instead) {
        Settings.say(warnings, "config", key, found, expected, instead);
    }
}
