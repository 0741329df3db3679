package io.tamada.dcs.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.PauseNote;
import io.tamada.core.cluster.RemoteSource;
import io.tamada.core.cluster.SynchronousMode;
import io.tamada.dcs.kv.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The value of the `config` key. Absent settings have Patroni's documented default; a value that
/// is wrong has it too, and a warning names the key, what was found and what was expected.
public final class ClusterConfigCodec {

    private static final int DEFAULT_PORT = 5432;
    private static final int HIGHEST_PORT = 65_535;

    private ClusterConfigCodec() {}

    /// The configuration, or null when the value is no JSON object.
    public static @Nullable ClusterConfig decode(Bytes value, Warnings warnings) {
        ObjectNode json = Json.parseObject(value);
        if (json == null) {
            return null;
        }
        ClusterConfig absent = ClusterConfig.DEFAULTS;
        Settings settings = new Settings(json, "config", warnings);
        Settings ours = ours(json.get("tamada"), warnings);
        RemoteSource remote = remote(json.get("standby_cluster"), warnings);
        return new ClusterConfig(
                settings.positiveSeconds("ttl", absent.ttl()),
                settings.positiveSeconds("loop_wait", absent.loopWait()),
                settings.positiveSeconds("retry_timeout", absent.retryTimeout()),
                settings.bytes("maximum_lag_on_failover", absent.maximumLagOnFailoverBytes()),
                settings.seconds(
                        settings.present("primary_start_timeout", "master_start_timeout"),
                        absent.primaryStartTimeout()),
                settings.seconds(
                        settings.present("primary_stop_timeout", "master_stop_timeout"),
                        absent.primaryStopTimeout()),
                SlotSettingsCodec.decode(json, settings, ours, warnings),
                settings.count("max_timelines_history", absent.maxTimelinesHistory()),
                settings.truth("check_timeline", absent.checkTimeline()),
                settings.truth("pause", absent.pause()),
                new PauseNote(ours.text("pause_reason"), ours.moment("pause_until")),
                settings.truth("failsafe_mode", absent.failsafeMode()),
                remote == null
                        ? synchronous(json, settings, warnings)
                        : ClusterConfig.Synchronous.OFF,
                remote,
                ours.seconds("storage_timeout", absent.storageTimeout()),
                new ClusterConfig.Rejoin(
                        ours.truth("rebuild_standby", absent.rejoin().rebuildStandby()),
                        ours.bytes("rebuild_lag", absent.rejoin().rebuildLagBytes()),
                        ours.positiveSeconds("rejoin_patience", absent.rejoin().patience())),
                postgres(json.get("postgresql"), warnings),
                value.text());
    }

    /// What Patroni does not know stands in an object of its own.
    private static Settings ours(@Nullable JsonNode node, Warnings warnings) {
        if (node != null && !node.isNull() && !(node instanceof ObjectNode)) {
            Settings.say(warnings, "config", "tamada", node, "an object", "{}");
        }
        return new Settings(
                node instanceof ObjectNode json ? json : Json.object(),
                "config",
                "tamada.",
                warnings);
    }

    private static ClusterConfig.Synchronous synchronous(
            ObjectNode json, Settings settings, Warnings warnings) {
        ClusterConfig.Synchronous absent = ClusterConfig.Synchronous.OFF;
        return new ClusterConfig.Synchronous(
                synchronousMode(json.get("synchronous_mode"), warnings),
                settings.truth("synchronous_mode_strict", absent.strict()),
                settings.count("synchronous_node_count", absent.nodeCount()),
                settings.bytesOrNone(
                        "maximum_lag_on_syncnode", absent.maximumLagOnSyncnodeBytes()));
    }

    private static SynchronousMode synchronousMode(@Nullable JsonNode node, Warnings warnings) {
        if (node == null || node.isNull()) {
            return SynchronousMode.OFF;
        }
        if (node.isTextual() && node.textValue().equalsIgnoreCase("quorum")) {
            return SynchronousMode.QUORUM;
        }
        Boolean on = Json.truth(node);
        if (on == null) {
            Settings.say(warnings, "config", "synchronous_mode", node, "on, off or quorum", "off");
            return SynchronousMode.OFF;
        }
        return on ? SynchronousMode.ON : SynchronousMode.OFF;
    }

    /// Patroni takes a cluster for a standby cluster when it knows where its WAL comes from.
    private static @Nullable RemoteSource remote(@Nullable JsonNode node, Warnings warnings) {
        if (node == null || node.isNull()) {
            return null;
        }
        if (!(node instanceof ObjectNode source)) {
            noSource(node, warnings);
            return null;
        }
        String host = filled(source, "host");
        String port = filled(source, "port");
        String restore = filled(source, "restore_command");
        if (host == null && port == null && restore == null) {
            if (!source.isEmpty()) {
                noSource(source, warnings);
            }
            return null;
        }
        return new RemoteSource(
                host == null && port != null ? "localhost" : host,
                port(port, source, warnings),
                filled(source, "primary_slot_name"),
                lines(
                        "standby_cluster.create_replica_methods",
                        source.get("create_replica_methods"),
                        warnings),
                restore,
                filled(source, "archive_cleanup_command"),
                filled(source, "recovery_min_apply_delay"));
    }

    private static void noSource(JsonNode node, Warnings warnings) {
        Settings.say(
                warnings,
                "config",
                "standby_cluster",
                node,
                "an object with host, port or restore_command",
                "no other cluster to follow");
    }

    private static int port(@Nullable String port, ObjectNode source, Warnings warnings) {
        if (port == null) {
            return DEFAULT_PORT;
        }
        if (port.matches("[0-9]{1,5}") && Integer.parseInt(port) <= HIGHEST_PORT) {
            return Integer.parseInt(port);
        }
        Settings.say(
                warnings,
                "config",
                "standby_cluster.port",
                source.get("port"),
                "a port",
                Integer.toString(DEFAULT_PORT));
        return DEFAULT_PORT;
    }

    private static @Nullable String filled(ObjectNode source, String field) {
        String value = Json.scalar(source, field);
        return value == null || value.isEmpty() ? null : value;
    }

    private static ClusterConfig.PostgresPart postgres(@Nullable JsonNode node, Warnings warnings) {
        ClusterConfig.PostgresPart absent = ClusterConfig.PostgresPart.DEFAULTS;
        if (node == null || node.isNull()) {
            return absent;
        }
        if (!(node instanceof ObjectNode json)) {
            Settings.say(warnings, "config", "postgresql", node, "an object", "{}");
            return absent;
        }
        Settings settings = new Settings(json, "config", "postgresql.", warnings);
        return new ClusterConfig.PostgresPart(
                settings.truth("use_pg_rewind", absent.usePgRewind()),
                settings.truth("use_slots", absent.useSlots()),
                settings.truth(
                        "remove_data_directory_on_rewind_failure",
                        absent.removeDataDirectoryOnRewindFailure()),
                settings.truth(
                        "remove_data_directory_on_diverged_timelines",
                        absent.removeDataDirectoryOnDivergedTimelines()),
                parameters("parameters", json.get("parameters"), warnings),
                lines("postgresql.pg_hba", json.get("pg_hba"), warnings),
                lines("postgresql.pg_ident", json.get("pg_ident"), warnings),
                parameters("recovery_conf", json.get("recovery_conf"), warnings),
                filled(json, "custom_conf"),
                absent.copiesWithoutLeader());
    }

    /// Values as PostgreSQL reads them: truth values as on and off, numbers in their own digits.
    /// Names are lower case, because PostgreSQL does not tell the cases apart.
    private static SortedMap<String, String> parameters(
            String key, @Nullable JsonNode node, Warnings warnings) {
        SortedMap<String, String> parameters = new TreeMap<>();
        if (node == null || node.isNull()) {
            return parameters;
        }
        if (!(node instanceof ObjectNode json)) {
            Settings.say(warnings, "config", "postgresql." + key, node, "an object", "{}");
            return parameters;
        }
        for (Map.Entry<String, JsonNode> parameter : json.properties()) {
            JsonNode value = parameter.getValue();
            String name = parameter.getKey().toLowerCase(Locale.ROOT);
            if (value.isNull()) {
                continue;
            }
            if (value.isContainerNode()) {
                Settings.say(
                        warnings,
                        "config",
                        "postgresql." + key + "." + name,
                        value,
                        "a text, a number or a truth value",
                        "nothing");
            } else {
                parameters.put(
                        name,
                        value.isBoolean() ? (value.booleanValue() ? "on" : "off") : value.asText());
            }
        }
        return parameters;
    }

    private static List<String> lines(String key, @Nullable JsonNode node, Warnings warnings) {
        if (node == null || node.isNull()) {
            return List.of();
        }
        List<String> lines = new ArrayList<>();
        if (!(node instanceof ArrayNode all)) {
            Settings.say(warnings, "config", key, node, "a list of lines", "[]");
            return lines;
        }
        for (JsonNode line : all) {
            if (line.isTextual()) {
                lines.add(line.textValue());
            } else {
                Settings.say(warnings, "config", key, line, "a line", "nothing");
            }
        }
        return lines;
    }
}
