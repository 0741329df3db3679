package io.tamada.agent.cli;

import io.tamada.agent.postgres.RunningServer;
import io.tamada.agent.settings.YamlText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/// A configuration file for one node, to begin with.
final class GeneratedConfig {

    private static final String AUTHENTICATION = "scram-sha-256";

    /// What runs commands, or names files of this machine, is this member's own.
    private static final Set<String> LOCAL =
            Set.of(
                    "archive_command",
                    "restore_command",
                    "archive_cleanup_command",
                    "recovery_end_command",
                    "ssl_passphrase_command",
                    "hba_file",
                    "ident_file");

    private static final List<String> HBA_TYPES =
            List.of("local", "host", "hostssl", "hostnossl", "hostgssenc", "hostnogssenc");

    private static final Map<String, String> COMMENTS =
            Map.of(
                    "scope",
                            "All members of a cluster have the same scope; the name is each one's own.",
                    "restapi", "Health checks, and commands for those who know the password.",
                    "etcd3", "Where the cluster keeps who leads: three etcd members, as a rule.",
                    "bootstrap",
                            "Read when the cluster is created; later changes by `edit-config`.",
                    "postgresql", "The passwords are the same on all members.");

    private static final List<String> ORDER =
            List.of(
                    "scope",
                    "namespace",
                    "name",
                    "log",
                    "restapi",
                    "ctl",
                    "etcd3",
                    "bootstrap",
                    "postgresql",
                    "watchdog",
                    "tags");

    private GeneratedConfig() {}

    /// For a cluster that does not exist yet.
    ///
    /// @param name of this node.
    /// @param address under which the others find it.
    /// @param passwords makes one up.
    static Map<String, Object> sample(String name, String address, Supplier<String> passwords) {
        Map<String, Object> parameters = new TreeMap<>();
        parameters.put("max_connections", 100);
        parameters.put("max_locks_per_transaction", 64);
        parameters.put("max_prepared_transactions", 0);
        parameters.put("max_replication_slots", 10);
        parameters.put("max_wal_senders", 10);
        parameters.put("max_worker_processes", 8);
        parameters.put("track_commit_timestamp", "off");
        parameters.put("wal_keep_size", "128MB");
        parameters.put("wal_level", "replica");
        parameters.put("wal_log_hints", "on");
        Map<String, Object> postgresql = new LinkedHashMap<>();
        postgresql.put("listen", address + ":5432");
        postgresql.put("connect_address", address + ":5432");
        postgresql.put("data_dir", "/var/lib/postgresql/cluster1/data");
        postgresql.put("parameters", Map.of("password_encryption", AUTHENTICATION));
        postgresql.put(
                "pg_hba",
                List.of(
                        "host all all all " + AUTHENTICATION,
                        "host replication replicator all " + AUTHENTICATION));
        postgresql.put(
                "authentication",
                Map.of(
                        "superuser", login("postgres", passwords.get()),
                        "replication", login("replicator", passwords.get()),
                        "rewind", login("rewind_user", passwords.get())));
        return node("cluster1", name, address, parameters, true, postgresql, passwords);
    }

    /// For a server that runs already, and becomes the first member.
    ///
    /// @param superuser how it was asked: user, password, and the words of TLS.
    static Map<String, Object> of(
            RunningServer.Facts facts,
            Map<String, String> superuser,
            String name,
            String address,
            Supplier<String> passwords) {
        Map<String, String> settings = facts.settings();
        String data = settings.getOrDefault("data_directory", "");
        Path parent = Path.of(settings.getOrDefault("config_file", data + "/x")).getParent();
        String configuration = parent == null ? data : parent.toString();
        Map<String, Object> own = new TreeMap<>();
        Map<String, Object> shared = new TreeMap<>();
        settings.forEach(
                (parameter, value) -> {
                    switch (parameter) {
                        case "data_directory",
                                "config_file",
                                "cluster_name",
                                "listen_addresses",
                                "port" -> {}
                        default -> (LOCAL.contains(parameter) ? own : shared).put(parameter, value);
                    }
                });
        Map<String, Object> postgresql = new LinkedHashMap<>();
        String port = settings.getOrDefault("port", "5432");
        postgresql.put("listen", settings.getOrDefault("listen_addresses", "") + ":" + port);
        postgresql.put("connect_address", address + ":" + port);
        postgresql.put("data_dir", data);
        postgresql.put("bin_dir", facts.programs());
        if (!configuration.equals(data)) {
            postgresql.put("config_dir", configuration);
        }
        if (own.remove("hba_file", configuration + "/pg_hba.conf")) {
            postgresql.put("pg_hba", lines(facts.hba(), HBA_TYPES));
        }
        List<String> ident = lines(facts.ident(), List.of());
        if (own.remove("ident_file", configuration + "/pg_ident.conf") && !ident.isEmpty()) {
            postgresql.put("pg_ident", ident);
        }
        postgresql.put("parameters", own);
        String replication = facts.replicationRole();
        postgresql.put(
                "authentication",
                Map.of(
                        "superuser", superuser(superuser),
                        "replication",
                                login(
                                        replication == null ? "replicator" : replication,
                                        passwords.get())));
        boolean canRewind = facts.checksums() || "on".equals(settings.get("wal_log_hints"));
        String scope = settings.getOrDefault("cluster_name", "");
        return node(
                scope.isEmpty() ? "cluster1" : scope,
                name,
                address,
                shared,
                canRewind,
                postgresql,
                passwords);
    }

    private static Map<String, Object> superuser(Map<String, String> words) {
        Map<String, Object> login = new TreeMap<>();
        login.put("username", words.getOrDefault("user", "postgres"));
        login.put("password", words.getOrDefault("password", ""));
        words.forEach(
                (word, value) -> {
                    if (word.startsWith("ssl")) {
                        login.put(word, value);
                    }
                });
        return login;
    }

    private static Map<String, Object> node(
            String scope,
            String name,
            String address,
            Map<String, Object> parameters,
            boolean canRewind,
            Map<String, Object> postgresql,
            Supplier<String> passwords) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("scope", scope);
        config.put("name", name);
        config.put("log", Map.of("level", "INFO"));
        config.put(
                "restapi",
                Map.of(
                        "listen", address + ":8008",
                        "connect_address", address + ":8008",
                        "authentication", login("operator", passwords.get())));
        config.put("etcd3", Map.of("hosts", List.of("127.0.0.1:2379")));
        config.put(
                "bootstrap",
                Map.of(
                        "dcs",
                        Map.of(
                                "ttl",
                                30,
                                "loop_wait",
                                10,
                                "retry_timeout",
                                10,
                                "maximum_lag_on_failover",
                                1_048_576,
                                "postgresql",
                                Map.of(
                                        "use_pg_rewind",
                                        canRewind,
                                        "use_slots",
                                        true,
                                        "parameters",
                                        parameters))));
        config.put("postgresql", postgresql);
        config.put(
                "tags",
                Map.of(
                        "failover_priority", 1,
                        "noloadbalance", false,
                        "clonefrom", true,
                        "nosync", false,
                        "nostream", false));
        return config;
    }

    private static Map<String, Object> login(String name, String password) {
        return Map.of("username", name, "password", password);
    }

    /// Without comments; with types, only those that begin with one of them.
    private static List<String> lines(String text, List<String> types) {
        List<String> lines = new ArrayList<>();
        for (String line : text.split("\n", -1)) {
            String bare = line.strip();
            boolean counts = !bare.isEmpty() && !bare.startsWith("#");
            if (counts && (types.isEmpty() || types.contains(bare.split("\\s+", 2)[0]))) {
                lines.add(bare);
            }
        }
        return lines;
    }

    /// Settings with others laid over them.
    static Map<String, Object> overlaid(Map<?, ?> base, Map<?, ?> over) {
        Map<String, Object> merged = new LinkedHashMap<>();
        base.forEach((key, value) -> merged.put(String.valueOf(key), value));
        over.forEach(
                (key, value) ->
                        merged.merge(
                                String.valueOf(key),
                                value,
                                (before, after) ->
                                        before instanceof Map<?, ?> lower
                                                        && after instanceof Map<?, ?> upper
                                                ? overlaid(lower, upper)
                                                : after));
        return merged;
    }

    /// The file, section by section.
    ///
    /// @param notes what is left to do, as comments in front.
    static String text(Map<String, Object> config, List<String> notes) {
        StringBuilder text = new StringBuilder();
        notes.forEach(note -> text.append("# ").append(note).append('\n'));
        List<String> names = new ArrayList<>(ORDER);
        config.keySet().stream().filter(name -> !ORDER.contains(name)).forEach(names::add);
        for (String name : names) {
            Object section = config.get(name);
            if (section == null) {
                continue;
            }
            if (section instanceof Map && !text.isEmpty()) {
                text.append('\n');
            }
            String comment = COMMENTS.get(name);
            if (comment != null) {
                text.append("# ").append(comment).append('\n');
            }
            text.append(YamlText.block(Map.of(name, section)));
        }
        return text.toString();
    }
}
