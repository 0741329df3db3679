package io.tamada.dcs.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tamada.core.cluster.ConfigChange;
import io.tamada.core.cluster.ConfigChange.Author;
import io.tamada.core.cluster.ConfigChange.Setting;
import io.tamada.dcs.kv.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The value of the key `tamada/config_history`: the last changes of the dynamic configuration, and
/// what it was after the last of them. So a change that somebody has made past this tool is
/// noticed, and its content known, whoever looks next.
///
/// Everything in it is without secrets; a digest of the whole tells when only a secret has
/// changed.
///
/// @param changes the newest last.
/// @param digest of the configuration after the last change.
/// @param last that configuration without its secrets; null when it is too long to be kept.
public record ConfigHistory(List<ConfigChange> changes, String digest, @Nullable String last) {

    public static final int KEPT = 50;

    static final int MOST_SETTINGS = 20;
    static final int LONGEST_VALUE = 200;
    static final int LONGEST_CONFIGURATION = 16_384;
    private static final int LONGEST_WORDS = 120;

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSX").withZone(ZoneOffset.UTC);

    public ConfigHistory {
        changes = List.copyOf(changes);
    }

    /// Whether the configuration is the one after the last change that is known.
    public boolean covers(String configuration) {
        return digest.equals(digestOf(configuration));
    }

    /// A history that begins with this configuration.
    public static ConfigHistory from(String configuration) {
        return new ConfigHistory(List.of(), digestOf(configuration), shown(configuration));
    }

    /// With one change more.
    ///
    /// @param before what it was; null for what this history says.
    /// @return this history, when nothing has changed.
    public ConfigHistory with(@Nullable String before, String after, Author author) {
        if (covers(after)) {
            return this;
        }
        ConfigChange change =
                new ConfigChange(
                        STAMP.format(Instant.ofEpochMilli(author.atEpochMillis())),
                        words(author.by()),
                        words(author.how()),
                        settings(before == null ? last : before, after));
        List<ConfigChange> all = new ArrayList<>(changes);
        all.add(change);
        return new ConfigHistory(
                all.subList(Math.max(0, all.size() - KEPT), all.size()),
                digestOf(after),
                shown(after));
    }

    private static List<Setting> settings(@Nullable String before, String after) {
        JsonNode old = before == null ? null : hidden(before);
        JsonNode fresh = hidden(after);
        if (old == null || fresh == null) {
            return List.of(new Setting("", null, null));
        }
        List<Setting> found = new ArrayList<>();
        compare("", old, fresh, found);
        if (found.size() <= MOST_SETTINGS) {
            return found;
        }
        List<Setting> some = new ArrayList<>(found.subList(0, MOST_SETTINGS));
        some.add(new Setting("and " + (found.size() - MOST_SETTINGS) + " more", null, null));
        return some;
    }

    private static void compare(
            String path, @Nullable JsonNode before, @Nullable JsonNode after, List<Setting> found) {
        boolean structured = isObjectOrAbsent(before) && isObjectOrAbsent(after);
        TreeSet<String> names = new TreeSet<>();
        if (structured) {
            addNames(before, names);
            addNames(after, names);
        }
        for (String name : names) {
            compare(
                    path.isEmpty() ? name : path + "." + name,
                    before == null ? null : before.get(name),
                    after == null ? null : after.get(name),
                    found);
        }
        if (!names.isEmpty()) {
            return;
        }
        if (before == null ? after != null : !before.equals(after)) {
            found.add(new Setting(path, value(before), value(after)));
        }
    }

    private static boolean isObjectOrAbsent(@Nullable JsonNode node) {
        return node == null || node.isObject();
    }

    private static void addNames(@Nullable JsonNode node, TreeSet<String> names) {
        if (node != null) {
            node.fieldNames().forEachRemaining(names::add);
        }
    }

    private static @Nullable String value(@Nullable JsonNode node) {
        if (node == null) {
            return null;
        }
        String text = Json.text(node);
        return text.length() > LONGEST_VALUE ? text.substring(0, LONGEST_VALUE) + "…" : text;
    }

    private static String words(String text) {
        String printable = Secrets.hidden(text).replaceAll("\\p{Cntrl}", " ").strip();
        return printable.length() > LONGEST_WORDS
                ? printable.substring(0, LONGEST_WORDS)
                : printable;
    }

    private static @Nullable JsonNode hidden(String configuration) {
        JsonNode document = Json.parse(Bytes.utf8(configuration));
        return document == null ? null : Secrets.hidden(document);
    }

    private static @Nullable String shown(String configuration) {
        JsonNode document = hidden(configuration);
        String text = document == null ? null : Json.text(document);
        return text == null || text.length() > LONGEST_CONFIGURATION ? null : text;
    }

    /// The order of the settings does not count.
    private static String digestOf(String configuration) {
        JsonNode document = Json.parse(Bytes.utf8(configuration));
        String text = document == null ? configuration : Json.text(ordered(document));
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JVM has SHA-256", impossible);
        }
    }

    private static JsonNode ordered(JsonNode node) {
        return switch (node) {
            case ObjectNode object -> {
                ObjectNode copy = Json.object();
                Secrets.sorted(object).forEach((name, value) -> copy.set(name, ordered(value)));
                yield copy;
            }
            case ArrayNode list -> {
                ArrayNode copy = Json.array();
                list.forEach(item -> copy.add(ordered(item)));
                yield copy;
            }
            default -> node;
        };
    }

    public Bytes encode() {
        ObjectNode json = Json.object();
        ArrayNode list = json.putArray("changes");
        for (ConfigChange change : changes) {
            ObjectNode one = list.addObject();
            one.put("at", change.at());
            one.put("by", change.by());
            one.put("how", change.how());
            ArrayNode settings = one.putArray("settings");
            for (Setting setting : change.settings()) {
                ArrayNode triple = settings.addArray();
                triple.add(setting.path());
                triple.add(setting.from());
                triple.add(setting.to());
            }
        }
        json.put("digest", digest);
        if (last != null) {
            json.put("last", last);
        }
        return Json.write(json);
    }

    /// Null when the value is no history; a change that cannot be read is left out.
    public static @Nullable ConfigHistory decode(Bytes value) {
        ObjectNode json = Json.parseObject(value);
        String digest = json == null ? null : Json.scalar(json, "digest");
        if (json == null || digest == null) {
            return null;
        }
        List<ConfigChange> changes = new ArrayList<>();
        for (JsonNode one : json.path("changes")) {
            if (one instanceof ObjectNode object) {
                List<Setting> settings = new ArrayList<>();
                for (JsonNode triple : object.path("settings")) {
                    settings.add(
                            new Setting(triple.path(0).asText(), text(triple, 1), text(triple, 2)));
                }
                changes.add(
                        new ConfigChange(
                                object.path("at").asText(),
                                object.path("by").asText(),
                                object.path("how").asText(),
                                settings));
            }
        }
        return new ConfigHistory(changes, digest, Json.scalar(json, "last"));
    }

    private static @Nullable String text(JsonNode triple, int index) {
        JsonNode node = triple.path(index);
        return node.isMissingNode() || node instanceof NullNode ? null : node.asText();
    }
}
