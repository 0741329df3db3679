package io.tamada.agent.settings;

import io.tamada.core.fencing.FencingStatus.Mode;
import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberTags;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The way from a Patroni YAML file and the environment to [AgentSettings].
public final class SettingsReader {

    /// The whole configuration as YAML in one variable; counts only when no file is named, and
    /// then instead of every other variable.
    private static final String WHOLE_CONFIGURATION = "PATRONI_CONFIGURATION";

    private final Problems problems = new Problems();

    private SettingsReader() {}

    /// Reads a file, or a directory of files, with the environment laid over it.
    public static SettingsResult read(Path file, Map<String, String> environment) {
        SettingsReader reader = new SettingsReader();
        YamlValue.Mapping tree = new YamlReader(reader.problems).file(file);
        YamlValue.Mapping over = new Environment(reader.problems).read(environment);
        return reader.result(tree == null ? null : tree.overlaidWith(over));
    }

    /// Reads the environment alone, as Patroni does when it is started without a file.
    public static SettingsResult read(Map<String, String> environment) {
        SettingsReader reader = new SettingsReader();
        String whole = environment.getOrDefault(WHOLE_CONFIGURATION, "");
        YamlValue.Mapping tree =
                whole.isEmpty()
                        ? new Environment(reader.problems).read(environment)
                        : new YamlReader(reader.problems).text(whole, WHOLE_CONFIGURATION);
        return reader.result(tree);
    }

    private SettingsResult result(YamlValue.@Nullable Mapping tree) {
        AgentSettings settings = null;
        if (tree != null) {
            Parts parts = parts(new Section(problems, "", tree));
            if (!problems.hasErrors()) {
                settings = parts.assemble();
            }
        }
        return settings == null
                ? new SettingsResult.Refused(problems.errors(), problems.warnings())
                : new SettingsResult.Loaded(settings, problems.warnings());
    }

    /// The parts while it is still open whether they are good.
    private record Parts(
            String scope,
            String namespace,
            String name,
            RestSettings rest,
            Etcd3Settings etcd3,
            BootstrapSettings bootstrap,
            PostgresqlSettings postgresql,
            MemberTags tags,
            WatchdogSettings watchdog,
            TamadaSettings tamada,
            CtlSettings ctl,
            LogSettings log) {

        AgentSettings assemble() {
            return new AgentSettings(
                    scope,
                    namespace,
                    new MemberName(name),
                    rest,
                    etcd3,
                    bootstrap,
                    postgresql,
                    tags,
                    watchdog,
                    tamada,
                    ctl,
                    log);
        }
    }

    private Parts parts(Section root) {
        String scope = keyPart(root, "scope", "the name of the cluster");
        String name = keyPart(root, "name", "the name of this member, unique in the cluster");
        if (root.value("etcd3") == null) {
            for (String other : EtcdReader.OTHER_STORES) {
                root.refuse(other, "the only store is etcd with its v3 API, see etcd3");
            }
        } else {
            root.ignore(EtcdReader.OTHER_STORES.toArray(String[]::new));
        }
        // How many threads there are is no setting here.
        root.ignore("thread_pool_size", "thread_stack_size");
        root.refuse("citus", "remove it, or keep this cluster on Patroni");
        Parts parts =
                new Parts(
                        scope,
                        namespace(root),
                        name,
                        RestReader.read(root.section("restapi")),
                        EtcdReader.read(root),
                        BootstrapReader.read(root.section("bootstrap")),
                        PostgresqlReader.read(root.section("postgresql")),
                        tags(root.section("tags")),
                        watchdog(root.section("watchdog")),
                        tamada(root.section("tamada")),
                        CtlSettings.read(root.section("ctl")),
                        LogReader.read(root.section("log")));
        root.warnAboutTheRest();
        return parts;
    }

    /// A text that becomes one part of a key in the store.
    private static String keyPart(Section root, String key, String expected) {
        String text = root.requiredText(key, expected);
        YamlValue value = root.value(key);
        if (value != null && text.indexOf('/') >= 0) {
            root.wrong(key, value, expected + ", without a slash");
        }
        return text;
    }

    /// `/service` by default; repeated slashes collapse.
    static String namespace(Section root) {
        String text = root.text("namespace", "service");
        String collapsed = text.replaceAll("/+", "/").replaceAll("^/|/$", "");
        return collapsed;
    }

    private MemberTags tags(Section section) {
        SortedMap<String, Object> tags = new TreeMap<>();
        for (String name : List.of("nofailover", "noloadbalance", "clonefrom", "nosync")) {
            tagFlag(section, name, tags);
        }
        tagFlag(section, "nostream", tags);
        for (String name : List.of("failover_priority", "sync_priority")) {
            // Checked only: it is published as it is written, a text where it is quoted.
            long _ = section.number(name, 1, Integer.MIN_VALUE, Integer.MAX_VALUE);
        }
        String source = section.text("replicatefrom");
        if (source != null) {
            tags.put("replicatefrom", source);
        }
        for (Map.Entry<String, YamlValue> entry : section.tree().entries().entrySet()) {
            Object plain = YamlValue.plain(entry.getValue());
            if (!(entry.getValue() instanceof YamlValue.Scalar)) {
                section.wrong(entry.getKey(), entry.getValue(), "a single value");
            } else if (plain != null) {
                tags.putIfAbsent(entry.getKey(), plain);
            }
        }
        YamlValue priority = section.value("failover_priority");
        if (priority != null && tags.get("nofailover") instanceof Boolean never) {
            boolean neverByPriority = new MemberTags(tags).failoverPriority() <= 0;
            if (never != neverByPriority) {
                problems.warning(
                        priority.origin(),
                        "tags.failover_priority",
                        "Conflicting configuration between nofailover: %s and failover_priority: %s."
                                        .formatted(python(never), tags.get("failover_priority"))
                                + " Defaulting to nofailover: "
                                + python(never));
            }
        }
        for (String name : List.of("clonefrom", "noloadbalance", "nosync", "nostream")) {
            // Patroni publishes only what is set.
            tags.remove(name, false);
        }
        if (section.value("failover_priority") == null) {
            tags.remove("nofailover", false);
        }
        return new MemberTags(tags);
    }

    /// As Patroni's log has it, for those who look for the line.
    private static String python(boolean flag) {
        return flag ? "True" : "False";
    }

    private static void tagFlag(Section section, String name, SortedMap<String, Object> tags) {
        Boolean flag = section.flag(name);
        if (flag != null) {
            tags.put(name, flag);
        }
    }

    private static WatchdogSettings watchdog(Section section) {
        WatchdogSettings watchdog =
                new WatchdogSettings(
                        mode(section, "mode"),
                        section.choice("driver", "default", "default", "testing").equals("testing")
                                ? WatchdogSettings.Driver.TESTING
                                : WatchdogSettings.Driver.DEFAULT,
                        section.text("device", "/dev/watchdog"),
                        section.integer("safety_margin", 5, -1, Integer.MAX_VALUE));
        section.warnAboutTheRest();
        return watchdog;
    }

    private static TamadaSettings tamada(Section section) {
        TamadaSettings tamada = new TamadaSettings(mode(section, "guard"));
        section.warnAboutTheRest();
        return tamada;
    }

    private static Mode mode(Section section, String name) {
        return switch (section.choice(name, "automatic", "off", "automatic", "required")) {
            case "off" -> Mode.OFF;
            case "required" -> Mode.REQUIRED;
            default -> Mode.AUTOMATIC;
        };
    }
}
