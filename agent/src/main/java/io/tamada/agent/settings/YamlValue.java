package io.tamada.agent.settings;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A YAML document as a tree in which every value knows where it came from.
sealed interface YamlValue {

    Origin origin();

    /// What an error says was found. It never shows the value of a secret: callers that expect
    /// one ask for [#kind()] instead.
    String found();

    String kind();

    /// A leaf.
    ///
    /// @param value null, Boolean, Long, BigInteger, Double or String, as Patroni reads it.
    /// @param text as it was written.
    record Scalar(Origin origin, @Nullable Object value, String text) implements YamlValue {

        @Override
        public String found() {
            return switch (value) {
                case null -> "nothing";
                case String string -> "'" + string + "'";
                case Boolean truth -> "the boolean " + (truth ? "true" : "false");
                default -> text;
            };
        }

        @Override
        public String kind() {
            return switch (value) {
                case null -> "nothing";
                case String _ -> "text";
                case Boolean _ -> "a boolean";
                default -> "a number";
            };
        }
    }

    record Listing(Origin origin, List<YamlValue> items) implements YamlValue {
        public Listing {
            items = List.copyOf(items);
        }

        @Override
        public String found() {
            return kind();
        }

        @Override
        public String kind() {
            return "a list";
        }
    }

    record Mapping(Origin origin, Map<String, YamlValue> entries) implements YamlValue {
        public Mapping {
            entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }

        @Override
        public String found() {
            return kind();
        }

        @Override
        public String kind() {
            return "a mapping";
        }

        /// This mapping with another laid over it: mappings merge, everything else is replaced,
        /// and an explicit null takes the key away, as Patroni merges its sources.
        Mapping overlaidWith(Mapping over) {
            Map<String, YamlValue> merged = new LinkedHashMap<>(entries);
            for (Map.Entry<String, YamlValue> entry : over.entries.entrySet()) {
                YamlValue before = merged.get(entry.getKey());
                if (entry.getValue() instanceof Scalar(_, Object value, _) && value == null) {
                    merged.remove(entry.getKey());
                } else if (before instanceof Mapping lower
                        && entry.getValue() instanceof Mapping upper) {
                    merged.put(entry.getKey(), lower.overlaidWith(upper));
                } else {
                    merged.put(entry.getKey(), entry.getValue());
                }
            }
            return new Mapping(origin, merged);
        }
    }

    /// The plain Java form for a JSON document: maps, lists and scalars. Keys without a value are
    /// left out: in the dynamic configuration a null means "remove".
    static @Nullable Object plain(YamlValue value) {
        return switch (value) {
            case Scalar scalar -> scalar.value();
            case Listing list -> {
                List<Object> items = new ArrayList<>();
                for (YamlValue item : list.items()) {
                    Object plain = plain(item);
                    if (plain != null) {
                        items.add(plain);
                    }
                }
                yield Collections.unmodifiableList(items);
            }
            case Mapping mapping -> plainMap(mapping);
        };
    }

    static Map<String, Object> plainMap(Mapping mapping) {
        Map<String, Object> map = new LinkedHashMap<>();
        mapping.entries()
                .forEach(
                        (key, value) -> {
                            Object plain = plain(value);
                            if (plain != null) {
                                map.put(key, plain);
                            }
                        });
        return Collections.unmodifiableMap(map);
    }
}
