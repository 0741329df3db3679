package io.tamada.agent.settings;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// Reads YAML text into a tree that knows its lines. Syntax errors become problems; the text of
/// the file is never quoted in them, because the line at fault may hold a password.
final class YamlReader {

    /// A settings file is a few kilobytes; the bound keeps a wrong path (a log, a disk) from
    /// filling the memory.
    private static final long MAXIMUM_FILE_BYTES = 4L * 1024 * 1024;

    private static final int MAXIMUM_DEPTH = 50;

    private final Problems problems;

    YamlReader(Problems problems) {
        this.problems = problems;
    }

    /// A file, or a directory whose `*.yml` and `*.yaml` files are laid over each other in the
    /// order of their names, as Patroni does. Null when a problem was reported.
    YamlValue.@Nullable Mapping file(Path path) {
        if (!Files.isDirectory(path)) {
            return oneFile(path);
        }
        List<Path> parts = new ArrayList<>();
        try (Stream<Path> listing = Files.list(path)) {
            listing.filter(file -> file.toString().matches(".*\\.ya?ml"))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .forEach(parts::add);
        } catch (IOException e) {
            unreadable(path, e);
            return null;
        }
        if (parts.isEmpty()) {
            problems.error(
                    new Origin(path.toString(), 0),
                    "",
                    "a directory without YAML files",
                    "at least one file that ends in .yml");
            return null;
        }
        YamlValue.Mapping merged = null;
        for (Path part : parts) {
            YamlValue.Mapping tree = oneFile(part);
            if (tree != null) {
                merged = merged == null ? tree : merged.overlaidWith(tree);
            }
        }
        return merged;
    }

    private YamlValue.@Nullable Mapping oneFile(Path path) {
        try {
            if (Files.exists(path) && Files.size(path) > MAXIMUM_FILE_BYTES) {
                problems.error(
                        new Origin(path.toString(), 0),
                        "",
                        "a file of " + Files.size(path) + " bytes",
                        "a YAML file of at most " + MAXIMUM_FILE_BYTES + " bytes");
                return null;
            }
            return text(Files.readString(path), path.toString());
        } catch (CharacterCodingException _) {
            problems.error(new Origin(path.toString(), 0), "", "other bytes", "UTF-8 text");
        } catch (IOException e) {
            unreadable(path, e);
        }
        return null;
    }

    private void unreadable(Path path, IOException e) {
        String found =
                switch (e) {
                    case NoSuchFileException _ -> "no such file";
                    case java.nio.file.AccessDeniedException _ -> "permission denied";
                    default -> "an error (" + e.getMessage() + ")";
                };
        problems.error(
                new Origin(path.toString(), 0),
                "",
                found,
                "a Patroni YAML file that the user "
                        + System.getProperty("user.name")
                        + " can read");
    }

    /// A whole document. Null when a problem was reported.
    YamlValue.@Nullable Mapping text(String text, String source) {
        YamlValue value = value(text, source, null);
        if (value instanceof YamlValue.Mapping mapping) {
            return mapping;
        }
        if (value != null) {
            problems.error(value.origin(), "", value.kind(), "a mapping of settings (key: value)");
        }
        return null;
    }

    /// Any YAML text. With an `at`, every value in it carries that origin instead of its own
    /// line.
    @Nullable YamlValue value(String text, String source, @Nullable Origin at) {
        LoadSettings settings =
                LoadSettings.builder()
                        .setLabel(source)
                        .setAllowDuplicateKeys(true)
                        .setMaxAliasesForCollections(MAXIMUM_DEPTH)
                        .setUseMarks(true)
                        .build();
        try {
            Optional<Node> root = new Compose(settings).composeString(text);
            Origin top = at != null ? at : new Origin(source, 1);
            if (root.isEmpty()) {
                return new YamlValue.Mapping(top, Map.of());
            }
            return new Tree(source, at).read(root.get(), top, "", 0);
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
            syntax(text, at != null ? at : new Origin(source, line), line, e.getProblem());
        } catch (YamlEngineException e) {
            syntax(text, at != null ? at : new Origin(source, 1), 1, "text that is not YAML");
        }
        return null;
    }

    private void syntax(String text, Origin origin, int line, String problem) {
        String at = text.lines().skip(line - 1L).findFirst().orElse("");
        if (at.matches("\\s*\\t.*")) {
            problems.error(
                    origin, "", "a tab in the indentation", "spaces (YAML does not allow tabs)");
        } else {
            problems.error(origin, "", "a YAML error (" + problem + ")", "valid YAML");
        }
    }

    /// Turns composed nodes into values.
    private final class Tree {
        private final String source;
        private final @Nullable Origin at;

        Tree(String source, @Nullable Origin at) {
            this.source = source;
            this.at = at;
        }

        YamlValue read(Node node, Origin origin, String path, int depth) {
            if (depth > MAXIMUM_DEPTH) {
                problems.error(origin, path, "too many levels", "at most " + MAXIMUM_DEPTH);
                return new YamlValue.Scalar(origin, null, "");
            }
            return switch (node) {
                case ScalarNode scalar -> scalar(scalar, origin);
                case SequenceNode sequence -> {
                    List<YamlValue> items = new ArrayList<>();
                    for (Node item : sequence.getValue()) {
                        items.add(read(item, origin(item), path + "[]", depth + 1));
                    }
                    yield new YamlValue.Listing(origin, items);
                }
                case MappingNode mapping -> mapping(mapping, origin, path, depth);
                default -> throw new IllegalStateException("unknown node " + node.getNodeType());
            };
        }

        private YamlValue.Scalar scalar(ScalarNode node, Origin origin) {
            String text = node.getValue();
            boolean plain = node.getScalarStyle() == ScalarStyle.PLAIN;
            return new YamlValue.Scalar(origin, plain ? Yaml11.resolve(text) : text, text);
        }

        private YamlValue.Mapping mapping(MappingNode node, Origin origin, String path, int depth) {
            Map<String, YamlValue> entries = new LinkedHashMap<>();
            Map<String, YamlValue> merged = new LinkedHashMap<>();
            for (NodeTuple tuple : node.getValue()) {
                Origin here = origin(tuple.getKeyNode());
                if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                    problems.error(here, path, "a key that is not text", "key: value");
                    continue;
                }
                String name = key.getValue();
                String full = path.isEmpty() ? name : path + "." + name;
                YamlValue value = read(tuple.getValueNode(), here, full, depth + 1);
                if (name.equals("<<") && key.getScalarStyle() == ScalarStyle.PLAIN) {
                    merge(value, merged);
                } else {
                    YamlValue before = entries.putIfAbsent(name, value);
                    if (before != null) {
                        problems.error(
                                here,
                                full,
                                "the key a second time (first on line "
                                        + before.origin().line()
                                        + ")",
                                "each key once");
                    }
                }
            }
            merged.forEach(entries::putIfAbsent);
            return new YamlValue.Mapping(origin, entries);
        }

        /// The merge key `<<` of YAML 1.1: earlier sources win over later ones.
        private void merge(YamlValue value, Map<String, YamlValue> into) {
            switch (value) {
                case YamlValue.Mapping mapping -> mapping.entries().forEach(into::putIfAbsent);
                case YamlValue.Listing list -> list.items().forEach(item -> merge(item, into));
                case YamlValue.Scalar scalar ->
                        problems.error(scalar.origin(), "<<", scalar.kind(), "a mapping");
            }
        }

        private Origin origin(Node node) {
            if (at != null) {
                return at;
            }
            Optional<Mark> mark = node.getStartMark();
            return new Origin(source, mark.map(start -> start.getLine() + 1).orElse(1));
        }
    }
}
