package io.tamada.agent.settings;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One mapping of the settings, read key by key. What is wrong becomes a problem and reading goes
/// on with the default, so that one run reports every mistake. Keys that nobody asked for are
/// unknown, see [#warnAboutTheRest()].
final class Section {

    private final Problems problems;
    private final String path;
    private final YamlValue.Mapping mapping;
    private final Set<String> known = new LinkedHashSet<>();

    Section(Problems problems, String path, YamlValue.Mapping mapping) {
        this.problems = problems;
        this.path = path;
        this.mapping = mapping;
    }

    Problems problems() {
        return problems;
    }

    String key(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    Origin origin() {
        return mapping.origin();
    }

    Set<String> names() {
        return mapping.entries().keySet();
    }

    /// The value under a key; null when it is absent or written without a value.
    @Nullable YamlValue value(String name) {
        known.add(name);
        YamlValue value = mapping.entries().get(name);
        return value instanceof YamlValue.Scalar(_, Object scalar, _) && scalar == null
                ? null
                : value;
    }

    boolean has(String name) {
        return value(name) != null;
    }

    /// The section under a key; an empty one when it is absent.
    Section section(String name) {
        YamlValue value = value(name);
        if (value instanceof YamlValue.Mapping inner) {
            return new Section(problems, key(name), inner);
        }
        if (value != null) {
            wrong(name, value, "a mapping");
        }
        Origin here = value == null ? origin() : value.origin();
        return new Section(problems, key(name), new YamlValue.Mapping(here, Map.of()));
    }

    /// Text. A number is taken as text where it reads the same; `yes` and `0600` do not.
    @Nullable String text(String name) {
        YamlValue value = value(name);
        return value == null ? null : asText(name, value, "text");
    }

    String text(String name, String absent) {
        String text = text(name);
        return text == null ? absent : text;
    }

    /// Text that must be there and not be empty.
    String requiredText(String name, String expected) {
        YamlValue value = value(name);
        String text = value == null ? null : asText(name, value, expected);
        if (value == null || (text != null && text.isBlank())) {
            missing(name, expected);
        }
        return text == null ? "" : text;
    }

    @Nullable Secret secret(String name) {
        YamlValue value = value(name);
        if (value == null) {
            return null;
        }
        if (value instanceof YamlValue.Scalar scalar) {
            String text = textOf(scalar);
            if (text != null) {
                return new Secret(text);
            }
        }
        problems.error(value.origin(), key(name), value.kind(), "text (put it in quotes)");
        return null;
    }

    private @Nullable String asText(String name, YamlValue value, String expected) {
        if (value instanceof YamlValue.Scalar scalar) {
            String text = textOf(scalar);
            if (text == null) {
                wrong(name, value, expected + " (put it in quotes)");
            }
            return text;
        }
        wrong(name, value, expected);
        return null;
    }

    /// A number such as 0600 is not what it looks like to Patroni (octal), so it is refused.
    private static @Nullable String textOf(YamlValue.Scalar scalar) {
        return switch (scalar.value()) {
            case String text -> text;
            case Double _ -> scalar.text();
            case Long number when number.toString().equals(scalar.text()) -> scalar.text();
            case BigInteger number when number.toString().equals(scalar.text()) -> scalar.text();
            case null, default -> null;
        };
    }

    int integer(String name, int absent, int minimum, int maximum) {
        return (int) number(name, absent, minimum, maximum);
    }

    long number(String name, long absent, long minimum, long maximum) {
        YamlValue value = value(name);
        if (value == null) {
            return absent;
        }
        Long number = asNumber(value);
        if (number == null || number < minimum || number > maximum) {
            wrong(name, value, range(minimum, maximum));
            return absent;
        }
        return number;
    }

    private static String range(long minimum, long maximum) {
        return maximum == Integer.MAX_VALUE || maximum == Long.MAX_VALUE
                ? "an integer of at least " + minimum
                : "an integer from " + minimum + " to " + maximum;
    }

    /// An integer, also one in quotes, which Patroni accepts as well.
    static @Nullable Long asNumber(YamlValue value) {
        if (!(value instanceof YamlValue.Scalar scalar)) {
            return null;
        }
        return switch (scalar.value()) {
            case Long number -> number;
            case String text when text.strip().matches("[-+]?\\d{1,18}") ->
                    Long.valueOf(text.strip());
            case null, default -> null;
        };
    }

    boolean flag(String name, boolean absent) {
        Boolean flag = flag(name);
        return flag == null ? absent : flag;
    }

    /// A boolean, also in the spellings that Patroni reads from text (`"true"`, `"on"`, `"0"`).
    @Nullable Boolean flag(String name) {
        YamlValue value = value(name);
        if (value == null) {
            return null;
        }
        Boolean flag = asFlag(value);
        if (flag == null) {
            wrong(name, value, "true or false");
        }
        return flag;
    }

    static @Nullable Boolean asFlag(YamlValue value) {
        if (!(value instanceof YamlValue.Scalar scalar)) {
            return null;
        }
        if (scalar.value() instanceof Boolean truth) {
            return truth;
        }
        return switch (scalar.text().strip().toLowerCase(Locale.ROOT)) {
            case "on", "true", "yes", "1" -> true;
            case "off", "false", "no", "0" -> false;
            default -> null;
        };
    }

    /// One of a few words; `on` and `off` are found whether or not they are quoted.
    String choice(String name, String absent, String... choices) {
        YamlValue value = value(name);
        if (value == null) {
            return absent;
        }
        String written =
                value instanceof YamlValue.Scalar scalar
                        ? scalar.value() instanceof Boolean truth
                                ? (truth ? "on" : "off")
                                : scalar.text()
                        : "";
        for (String choice : choices) {
            if (choice.equalsIgnoreCase(written)) {
                return choice;
            }
        }
        wrong(name, value, "one of " + String.join(", ", choices));
        return absent;
    }

    /// A list of texts; a single text counts as a list of one.
    @Nullable List<String> textsOrNull(String name) {
        YamlValue value = value(name);
        if (value == null) {
            return null;
        }
        List<String> texts = new ArrayList<>();
        if (value instanceof YamlValue.Listing list) {
            for (YamlValue item : list.items()) {
                String text = item instanceof YamlValue.Scalar scalar ? textOf(scalar) : null;
                if (text == null) {
                    problems.error(item.origin(), key(name), item.found(), "a list of texts");
                } else {
                    texts.add(text);
                }
            }
        } else {
            wrong(name, value, "a list of texts");
        }
        return Collections.unmodifiableList(texts);
    }

    List<String> texts(String name) {
        List<String> texts = textsOrNull(name);
        return texts == null ? List.of() : texts;
    }

    /// A mapping of free keys to scalars.
    Map<String, YamlValue.Scalar> scalars(String name) {
        Map<String, YamlValue.Scalar> scalars = new LinkedHashMap<>();
        for (Map.Entry<String, YamlValue> entry : section(name).mapping.entries().entrySet()) {
            if (entry.getValue() instanceof YamlValue.Scalar scalar) {
                scalars.put(entry.getKey(), scalar);
            } else {
                problems.error(
                        entry.getValue().origin(),
                        key(name) + "." + entry.getKey(),
                        entry.getValue().found(),
                        "a single value");
            }
        }
        return scalars;
    }

    YamlValue.Mapping tree() {
        return mapping;
    }

    void missing(String name, String expected) {
        YamlValue value = mapping.entries().get(name);
        Origin here = value == null ? origin() : value.origin();
        problems.error(here, key(name), "nothing", expected);
    }

    void wrong(String name, YamlValue value, String expected) {
        problems.error(value.origin(), key(name), value.found(), expected);
    }

    /// Refuses a setting that Tamada does not have yet, where it is given.
    void refuse(String name, String why) {
        YamlValue value = value(name);
        if (value != null) {
            problems.notBuilt(value.origin(), key(name), "this setting", why);
        }
    }

    /// Mentions a setting that has no effect yet, where it is given.
    void mention(String name, String why) {
        YamlValue value = value(name);
        if (value != null) {
            problems.warning(value.origin(), key(name), why);
        }
    }

    /// Accepts keys that mean nothing to the agent.
    void ignore(String... names) {
        known.addAll(List.of(names));
    }

    /// To be called when all keys have been asked for.
    void warnAboutTheRest() {
        for (Map.Entry<String, YamlValue> entry : mapping.entries().entrySet()) {
            if (!known.contains(entry.getKey())) {
                String nearest = NearestKey.to(entry.getKey(), known);
                problems.unknown(
                        entry.getValue().origin(),
                        key(entry.getKey()),
                        nearest == null ? "" : "; nearest known key: " + key(nearest));
            }
        }
    }
}
