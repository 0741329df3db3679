package io.tamada.agent.settings;

import io.tamada.agent.hooks.Scripts;
import io.tamada.agent.hooks.Scripts.CustomBootstrap;
import io.tamada.agent.hooks.Scripts.ReplicaMethod;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Reads the user's commands out of `postgresql` and `bootstrap`.
final class ScriptsReader {

    private static final List<String> CALLBACKS =
            List.of("on_start", "on_stop", "on_restart", "on_reload", "on_role_change");

    private static final List<String> OF_A_BOOTSTRAP =
            List.of(
                    "command",
                    "no_params",
                    "keep_existing_recovery_conf",
                    "recovery_conf",
                    "scope",
                    "datadir");

    private ScriptsReader() {}

    static Scripts read(Section section) {
        Section callbacks = section.section("callbacks");
        SortedMap<String, String> commands = new TreeMap<>();
        for (String name : CALLBACKS) {
            String command = callbacks.text(name);
            if (command != null && !command.isBlank()) {
                commands.put(name, command);
            }
        }
        callbacks.warnAboutTheRest();
        return new Scripts(
                commands,
                section.text("before_stop"),
                section.text("pre_promote"),
                null,
                described(section),
                methods(section));
    }

    /// The old name counts where the new one is absent.
    private static List<ReplicaMethod> methods(Section section) {
        List<String> names =
                section.has("create_replica_methods")
                        ? section.texts("create_replica_methods")
                        : section.texts("create_replica_method");
        section.ignore("create_replica_method");
        List<ReplicaMethod> methods = new ArrayList<>();
        for (String name : names) {
            methods.add(
                    name.equals(ReplicaMethod.BASE_BACKUP)
                            ? ReplicaMethod.of(name)
                            : method(section, name));
        }
        return methods;
    }

    /// Whatever has a command of its own: `standby_cluster` in the store may name it.
    private static SortedMap<String, ReplicaMethod> described(Section section) {
        SortedMap<String, ReplicaMethod> methods = new TreeMap<>();
        section.tree()
                .entries()
                .forEach(
                        (name, value) -> {
                            if (value instanceof YamlValue.Mapping mapping
                                    && mapping.entries().containsKey("command")) {
                                methods.put(name, method(section, name));
                            }
                        });
        return methods;
    }

    /// A method without a section of its own is a command of that name.
    private static ReplicaMethod method(Section section, String name) {
        Section own = section.section(name);
        SequencedMap<String, String> options =
                options(own, List.of("command", "keep_data", "no_params"));
        return new ReplicaMethod(
                name,
                own.text("command", name),
                own.flag("keep_data", false),
                own.flag("no_params", false),
                options);
    }

    /// What else stands in the section of a method, which its command is given.
    private static SequencedMap<String, String> options(Section own, List<String> reserved) {
        SequencedMap<String, String> options = new LinkedHashMap<>();
        for (Map.Entry<String, YamlValue> entry : own.tree().entries().entrySet()) {
            if (!reserved.contains(entry.getKey())
                    && entry.getValue() instanceof YamlValue.Scalar scalar
                    && scalar.value() != null) {
                own.ignore(entry.getKey());
                options.put(entry.getKey(), scalar.text());
            }
        }
        return options;
    }

    /// Null for initdb.
    static @Nullable CustomBootstrap bootstrap(Section section) {
        YamlValue chosen = section.value("method");
        String method = section.text("method", "initdb");
        if (chosen == null || method.equals("initdb")) {
            return null;
        }
        Section own = section.section(method);
        String command = own.text("command");
        if (command == null || command.isBlank()) {
            own.missing("command", "the command that makes the data directory");
            return null;
        }
        SortedMap<String, String> recovery = new TreeMap<>();
        own.scalars("recovery_conf")
                .forEach(
                        (name, value) -> {
                            if (value.value() != null) {
                                recovery.put(name, ParameterCheck.text(value));
                            }
                        });
        CustomBootstrap custom =
                new CustomBootstrap(
                        command,
                        own.flag("no_params", false),
                        own.flag("keep_existing_recovery_conf", false),
                        recovery,
                        options(own, OF_A_BOOTSTRAP));
        own.warnAboutTheRest();
        return custom;
    }
}
