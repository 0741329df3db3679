package io.tamada.agent.settings;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Checks what the dynamic configuration says about replication slots.
final class SlotCheck {

    private static final Set<String> FALSE = Set.of("", "0", "false", "no", "off", "null", "~");

    private SlotCheck() {}

    static void check(Section section) {
        Section slots = section.section("slots");
        for (Map.Entry<String, YamlValue> slot : slots.tree().entries().entrySet()) {
            slots.ignore(slot.getKey());
            if (!slot.getKey().matches("[a-z0-9_]{1,63}")) {
                section.problems()
                        .warning(
                                slot.getValue().origin(),
                                slots.key(slot.getKey()),
                                "there will be no such slot: a name has up to 63 lower case letters,"
                                        + " digits and underscores");
            } else if (slot.getValue() instanceof YamlValue.Mapping) {
                slot(slots.section(slot.getKey()));
            } else if (!isFalse(slot.getValue())) {
                slots.wrong(slot.getKey(), slot.getValue(), "a mapping, such as {type: physical}");
            }
        }
        matchers(section);
    }

    /// A physical slot of which no more is said, as in Patroni.
    private static boolean isFalse(YamlValue value) {
        return value instanceof YamlValue.Scalar scalar
                && FALSE.contains(scalar.text().strip().toLowerCase(Locale.ROOT));
    }

    private static void slot(Section slot) {
        String database = slot.text("database");
        String plugin = slot.text("plugin");
        boolean complete = database != null && plugin != null;
        String type = slot.choice("type", complete ? "logical" : "physical", "physical", "logical");
        slot.choice("cluster_type", "", "primary", "standby");
        if (type.equals("logical") && !complete) {
            slot.missing(database == null ? "database" : "plugin", "text, for a logical slot");
        }
        slot.warnAboutTheRest();
    }

    private static void matchers(Section section) {
        YamlValue value = section.value("ignore_slots");
        if (value == null) {
            return;
        }
        if (!(value instanceof YamlValue.Listing list)) {
            section.wrong("ignore_slots", value, "a list of mappings");
            return;
        }
        for (YamlValue item : list.items()) {
            if (!(item instanceof YamlValue.Mapping fields)) {
                section.wrong("ignore_slots", item, "a list of mappings");
                continue;
            }
            Section matcher = new Section(section.problems(), section.key("ignore_slots"), fields);
            matcher.text("name");
            matcher.text("database");
            matcher.text("plugin");
            matcher.choice("type", "", "physical", "logical");
            matcher.warnAboutTheRest();
        }
    }

    /// Bytes, with a unit or without, or a percentage of the free room.
    static void budget(Section section) {
        YamlValue value = section.value("slot_wal_budget");
        if (value == null) {
            return;
        }
        boolean right =
                value instanceof YamlValue.Scalar scalar
                        && scalar.text()
                                .strip()
                                .matches("[1-9]\\d{0,17}(\\s*(B|kB|MB|GB|TB))?|[1-9]\\d?%");
        if (!right) {
            section.wrong(
                    "slot_wal_budget",
                    value,
                    "bytes, such as 10GB, or a percentage of the free room, such as 50%");
        }
    }
}
