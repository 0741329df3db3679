package io.tamada.agent.settings;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The `PATRONI_*` environment variables that Patroni documents, as a tree to lay over the
/// file's. Empty variables count as absent.
final class Environment {

    private static final String PREFIX = "PATRONI_";

    /// The one setting that Patroni does not have.
    private static final String GUARD = "TAMADA_GUARD";

    /// How the text of a variable becomes a value.
    private enum Kind {
        /// As it is: a password 0123 stays what it is.
        TEXT,
        /// A number or a boolean by the rules of YAML.
        SCALAR,
        /// A YAML list, with or without its brackets.
        LIST,
        /// A YAML mapping, with or without its braces.
        MAP
    }

    private record Variable(String path, Kind kind) {}

    private static final SortedMap<String, Variable> VARIABLES = variables();

    /// Sections whose variables mean nothing to the agent.
    private static final List<String> OTHERS = List.of("CTL_", "CITUS_", "CONFIGURATION");

    private final Problems problems;

    Environment(Problems problems) {
        this.problems = problems;
    }

    YamlValue.Mapping read(Map<String, String> environment) {
        YamlValue.Mapping tree = new YamlValue.Mapping(new Origin("environment", 0), Map.of());
        String guard = environment.getOrDefault(GUARD, "");
        if (!guard.isEmpty()) {
            Origin origin = Origin.environment(GUARD);
            YamlValue value = value(new Variable("", Kind.SCALAR), guard, origin);
            YamlValue.Mapping one = at("tamada.guard", value, origin);
            tree = one == null ? tree : tree.overlaidWith(one);
        }
        for (Map.Entry<String, String> entry : new TreeMap<>(environment).entrySet()) {
            if (!entry.getKey().startsWith(PREFIX) || entry.getValue().isEmpty()) {
                continue;
            }
            String name = entry.getKey().substring(PREFIX.length());
            Origin origin = Origin.environment(entry.getKey());
            Variable variable = VARIABLES.get(name);
            YamlValue.Mapping one =
                    variable != null
                            ? at(variable.path(), value(variable, entry.getValue(), origin), origin)
                            : other(name, entry.getValue(), origin, environment);
            if (one != null) {
                tree = tree.overlaidWith(one);
            }
        }
        return tree;
    }

    private @Nullable YamlValue value(Variable variable, String text, Origin origin) {
        YamlReader reader = new YamlReader(problems);
        String trimmed = text.strip();
        return switch (variable.kind()) {
            case TEXT -> new YamlValue.Scalar(origin, text, text);
            case SCALAR -> new YamlValue.Scalar(origin, Yaml11.resolve(trimmed), trimmed);
            case LIST -> {
                boolean bare = !trimmed.startsWith("-") && trimmed.indexOf('[') < 0;
                boolean pattern = trimmed.contains("%(");
                yield pattern
                        ? new YamlValue.Scalar(origin, text, text)
                        : reader.value(bare ? "[" + text + "]" : text, "", origin);
            }
            case MAP -> reader.value(trimmed.startsWith("{") ? text : "{" + text + "}", "", origin);
        };
    }

    /// A tree of one value.
    private static YamlValue.@Nullable Mapping at(
            String path, @Nullable YamlValue value, Origin origin) {
        if (value == null) {
            return null;
        }
        YamlValue tree = value;
        String[] keys = path.split("\\.", -1);
        for (int i = keys.length - 1; i >= 0; i--) {
            tree = new YamlValue.Mapping(origin, Map.of(keys[i], tree));
        }
        return (YamlValue.Mapping) tree;
    }

    /// Users to create (`PATRONI_<name>_PASSWORD` and `_OPTIONS`), other stores, and mistakes.
    private YamlValue.@Nullable Mapping other(
            String name, String text, Origin origin, Map<String, String> environment) {
        for (String store : EtcdReader.OTHER_STORES) {
            if (name.startsWith(upper(store) + "_")) {
                YamlValue variable = new YamlValue.Scalar(origin, name, name);
                return at(store + ".variable", variable, origin);
            }
        }
        for (String prefix : OTHERS) {
            if (name.startsWith(prefix)) {
                return null;
            }
        }
        int last = name.lastIndexOf('_');
        String user = last > 0 ? name.substring(0, last) : "";
        String suffix = last > 0 ? name.substring(last + 1) : "";
        boolean isUser = environment.containsKey(PREFIX + user + "_PASSWORD");
        if (!user.isEmpty() && suffix.equals("PASSWORD")) {
            return user(user, "password", new YamlValue.Scalar(origin, text, text), origin);
        }
        if (isUser && suffix.equals("OPTIONS")) {
            YamlValue options = value(new Variable("", Kind.LIST), text, origin);
            return options == null ? null : user(user, "options", options, origin);
        }
        String nearest = NearestKey.to(name, VARIABLES.keySet());
        problems.warning(
                origin,
                "",
                "unknown variable, ignored"
                        + (nearest == null ? "" : "; nearest known variable: " + PREFIX + nearest));
        return null;
    }

    private static YamlValue.Mapping user(String user, String key, YamlValue value, Origin origin) {
        YamlValue tree = new YamlValue.Mapping(origin, Map.of(key, value));
        for (String level : List.of(user, "users", "bootstrap")) {
            tree = new YamlValue.Mapping(origin, Map.of(level, tree));
        }
        return (YamlValue.Mapping) tree;
    }

    private static SortedMap<String, Variable> variables() {
        SortedMap<String, Variable> all = new TreeMap<>();
        put(all, "", Kind.TEXT, "name", "namespace", "scope");
        put(all, "log", Kind.TEXT, "type", "level", "traceback_level", "dateformat", "dir");
        put(
                all,
                "log",
                Kind.SCALAR,
                "max_queue_size",
                "file_num",
                "file_size",
                "mode",
                "deduplicate_heartbeat_logs");
        put(all, "log", Kind.LIST, "format");
        put(all, "log", Kind.MAP, "loggers", "static_fields");
        all.put("LOGLEVEL", new Variable("log.level", Kind.TEXT));
        all.put("LOGFORMAT", new Variable("log.format", Kind.TEXT));
        all.put("LOG_DATEFMT", new Variable("log.dateformat", Kind.TEXT));
        put(
                all,
                "restapi",
                Kind.TEXT,
                "listen",
                "connect_address",
                "certfile",
                "keyfile",
                "keyfile_password",
                "cafile",
                "ciphers",
                "verify_client",
                "server_tokens");
        put(all, "ctl", Kind.TEXT, "cacert", "certfile", "keyfile", "keyfile_password");
        put(all, "ctl", Kind.SCALAR, "insecure");
        all.put("CTL_USERNAME", new Variable("ctl.authentication.username", Kind.TEXT));
        all.put("CTL_PASSWORD", new Variable("ctl.authentication.password", Kind.TEXT));
        put(all, "restapi", Kind.SCALAR, "allowlist_include_members", "request_queue_size");
        put(all, "restapi", Kind.LIST, "allowlist");
        put(all, "restapi", Kind.MAP, "http_extra_headers", "https_extra_headers");
        all.put("RESTAPI_USERNAME", new Variable("restapi.authentication.username", Kind.TEXT));
        all.put("RESTAPI_PASSWORD", new Variable("restapi.authentication.password", Kind.TEXT));
        put(
                all,
                "etcd3",
                Kind.TEXT,
                "host",
                "url",
                "proxy",
                "srv",
                "srv_suffix",
                "protocol",
                "username",
                "password",
                "cacert",
                "cert",
                "key");
        put(all, "etcd3", Kind.LIST, "hosts");
        put(all, "etcd3", Kind.SCALAR, "use_proxies");
        put(
                all,
                "postgresql",
                Kind.TEXT,
                "listen",
                "connect_address",
                "proxy_address",
                "data_dir",
                "config_dir",
                "bin_dir",
                "pgpass");
        for (String program :
                List.of(
                        "pg_ctl",
                        "initdb",
                        "pg_controldata",
                        "pg_basebackup",
                        "postgres",
                        "pg_isready",
                        "pg_rewind")) {
            all.put(
                    "POSTGRESQL_BIN_" + upper(program),
                    new Variable("postgresql.bin_name." + program, Kind.TEXT));
        }
        for (String role : List.of("superuser", "replication", "rewind")) {
            for (String name : login()) {
                all.put(
                        upper(role) + "_" + upper(name),
                        new Variable("postgresql.authentication." + role + "." + name, Kind.TEXT));
            }
        }
        return all;
    }

    private static List<String> login() {
        return List.of(
                "username",
                "password",
                "sslmode",
                "sslkey",
                "sslpassword",
                "sslcert",
                "sslrootcert",
                "sslcrl",
                "sslcrldir",
                "gssencmode",
                "channel_binding",
                "sslnegotiation");
    }

    private static void put(
            SortedMap<String, Variable> all, String section, Kind kind, String... names) {
        for (String name : names) {
            String path = section.isEmpty() ? name : section + "." + name;
            String variable = section.isEmpty() ? name : section + "_" + name;
            all.put(upper(variable), new Variable(path, kind));
        }
    }

    private static String upper(String text) {
        return text.toUpperCase(java.util.Locale.ROOT);
    }
}
