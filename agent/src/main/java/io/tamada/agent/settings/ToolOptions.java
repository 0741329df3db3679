package io.tamada.agent.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Command line options of a PostgreSQL program as Patroni writes them: a list of names and of
/// single `name: value` pairs, or one mapping.
final class ToolOptions {

    private ToolOptions() {}

    /// Options in the form `--name` or `--name=value`.
    static List<String> read(Section section, String key, Set<String> reserved) {
        List<String> options = new ArrayList<>();
        switch (section.value(key)) {
            case null -> {}
            case YamlValue.Listing list -> {
                for (YamlValue item : list.items()) {
                    item(section, key, item, reserved, options);
                }
            }
            case YamlValue.Mapping mapping -> pairs(section, key, mapping, reserved, options);
            case YamlValue.Scalar scalar ->
                    section.wrong(key, scalar, "a list of options such as - data-checksums");
        }
        return options;
    }

    private static void item(
            Section section, String key, YamlValue item, Set<String> reserved, List<String> into) {
        if (item instanceof YamlValue.Mapping pair && pair.entries().size() == 1) {
            pairs(section, key, pair, reserved, into);
        } else if (item instanceof YamlValue.Scalar(var origin, String _, String text)) {
            if (allowed(section, key, origin, text, reserved)) {
                into.add("--" + text);
            }
        } else {
            section.problems()
                    .error(
                            item.origin(),
                            section.key(key),
                            item.found(),
                            "an option's name, or one pair name: value");
        }
    }

    private static void pairs(
            Section section,
            String key,
            YamlValue.Mapping mapping,
            Set<String> reserved,
            List<String> into) {
        for (Map.Entry<String, YamlValue> entry : mapping.entries().entrySet()) {
            if (!(entry.getValue() instanceof YamlValue.Scalar value)) {
                section.problems()
                        .error(
                                entry.getValue().origin(),
                                section.key(key) + "." + entry.getKey(),
                                entry.getValue().found(),
                                "a single value");
            } else if (allowed(section, key, value.origin(), entry.getKey(), reserved)) {
                into.add(
                        value.value() == null
                                ? "--" + entry.getKey()
                                : "--" + entry.getKey() + "=" + value.text());
            }
        }
    }

    private static boolean allowed(
            Section section, String key, Origin origin, String option, Set<String> reserved) {
        if (!option.matches("[a-z][a-z-]*")) {
            section.problems()
                    .error(
                            origin,
                            section.key(key),
                            "'" + option + "'",
                            "the long name of an option, without dashes before it");
            return false;
        }
        if (reserved.contains(option)) {
            section.problems()
                    .warning(
                            origin,
                            section.key(key),
                            "option " + option + " is set by the agent itself, ignored");
            return false;
        }
        return true;
    }
}
