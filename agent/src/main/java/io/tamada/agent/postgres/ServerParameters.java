package io.tamada.agent.postgres;

import io.tamada.core.cluster.ClusterConfig.PostgresPart;
import io.tamada.core.postgres.ClientGate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The server parameters in force, by Patroni's precedence: the local configuration overrides the
/// dynamic one, and controlled parameters override both. Controlled ones must agree in the whole
/// cluster, so that they come from the dynamic configuration only, where they are not fixed.
///
/// @param all what goes into postgresql.conf.
/// @param controlled the part that also goes on the command line, out of reach of ALTER SYSTEM.
/// @param notes what was left out, and why, for people.
record ServerParameters(
        SortedMap<String, String> all, SortedMap<String, String> controlled, List<String> notes) {

    /// A parameter that is the same in the whole cluster.
    ///
    /// @param acceptable which dynamic values may replace the default.
    private record Controlled(String name, String standard, Predicate<String> acceptable) {}

    /// Patroni's list, with its defaults and its minima.
    private static final List<Controlled> CONTROLLED =
            List.of(
                    new Controlled("wal_level", "replica", ServerParameters::isWalLevel),
                    new Controlled("hot_standby", "on", ServerParameters::fixed),
                    new Controlled("max_connections", "100", atLeast(25)),
                    new Controlled("max_wal_senders", "10", atLeast(3)),
                    new Controlled("max_prepared_transactions", "0", atLeast(0)),
                    new Controlled("max_locks_per_transaction", "64", atLeast(32)),
                    new Controlled("track_commit_timestamp", "off", ServerParameters::isSwitch),
                    new Controlled("max_replication_slots", "10", atLeast(4)),
                    new Controlled("max_worker_processes", "8", atLeast(2)),
                    new Controlled("wal_log_hints", "on", ServerParameters::fixed));

    /// Set by the agent from other settings; what a user writes here cannot count.
    private static final List<String> MANAGED =
            List.of(
                    "listen_addresses",
                    "port",
                    "cluster_name",
                    "config_file",
                    "data_directory",
                    "primary_conninfo",
                    "primary_slot_name",
                    "recovery_target",
                    "recovery_target_name",
                    "recovery_target_time",
                    "recovery_target_xid",
                    "recovery_target_lsn",
                    "recovery_target_timeline",
                    "recovery_target_action",
                    "recovery_target_inclusive");

    static final String WAL_KEEP_SIZE = "128MB";

    ServerParameters {
        all = Collections.unmodifiableSortedMap(new TreeMap<>(all));
        controlled = Collections.unmodifiableSortedMap(new TreeMap<>(controlled));
        notes = List.copyOf(notes);
    }

    /// @param minimums what a standby's control file demands; empty for a primary.
    static ServerParameters of(
            PostgresSettings settings, PostgresPart dynamic, Map<String, Integer> minimums) {
        List<String> notes = new ArrayList<>();
        SortedMap<String, String> wanted = lowerCase(dynamic.parameters());
        SortedMap<String, String> local = lowerCase(settings.parameters());
        SortedMap<String, String> controlled = new TreeMap<>();
        for (Controlled parameter : CONTROLLED) {
            controlled.put(parameter.name(), value(parameter, wanted, minimums, notes));
            wanted.remove(parameter.name());
            if (local.remove(parameter.name()) != null) {
                notes.add(
                        parameter.name()
                                + " in the local postgresql.parameters is ignored: it is the same"
                                + " in the whole cluster and set in the dynamic configuration");
            }
        }
        controlled.put("listen_addresses", settings.listen().addresses());
        controlled.put("port", Integer.toString(settings.listen().port()));
        controlled.put("cluster_name", settings.scope());

        SortedMap<String, String> all = new TreeMap<>();
        all.put("wal_keep_size", WAL_KEEP_SIZE);
        all.putAll(wanted);
        all.putAll(local);
        oldWalKeeping(all);
        for (String managed : MANAGED) {
            if (all.remove(managed) != null) {
                notes.add(managed + " in postgresql.parameters is ignored: the agent sets it");
            }
        }
        all.putAll(controlled);
        for (String file : new String[] {"hba_file", "ident_file"}) {
            String standard = file.equals("hba_file") ? "pg_hba.conf" : "pg_ident.conf";
            String chosen = all.getOrDefault(file, standard);
            all.put(file, settings.configFiles().resolve(chosen).toString());
        }
        return new ServerParameters(all, controlled, notes);
    }

    /// With what synchronous mode decides, whatever users have written.
    ServerParameters withSynchronous(SynchronousFile file) {
        SortedMap<String, String> changed = new TreeMap<>(all);
        changed.put("synchronous_standby_names", file.standbyNames());
        // After the crash of a backend the postmaster would recover, and show commits that no
        // standby has, by itself. It ends instead, and is started behind the gate.
        changed.put("restart_after_crash", "off");
        if (file.gate() == ClientGate.SHUT) {
            changed.put(GatedHba.PARAMETER, GatedHba.SHUT);
        }
        return new ServerParameters(changed, controlled, notes);
    }

    /// With what logical slots of standbys need, whatever users have written.
    ServerParameters withFeedback() {
        SortedMap<String, String> changed = new TreeMap<>(all);
        changed.put("hot_standby_feedback", "on");
        return new ServerParameters(changed, controlled, notes);
    }

    /// Without the parameters that the server would refuse.
    ServerParameters without(SortedMap<String, String> refused) {
        SortedMap<String, String> kept = new TreeMap<>(all);
        List<String> told = new ArrayList<>(notes);
        for (Map.Entry<String, String> bad : refused.entrySet()) {
            if (!controlled.containsKey(bad.getKey())) {
                kept.remove(bad.getKey());
                told.add(bad.getKey() + " in postgresql.parameters is left out: " + bad.getValue());
            }
        }
        return new ServerParameters(kept, controlled, told);
    }

    private static String value(
            Controlled parameter,
            Map<String, String> wanted,
            Map<String, Integer> minimums,
            List<String> notes) {
        String value = parameter.standard();
        String asked = wanted.get(parameter.name());
        if (asked != null && !asked.equals(value)) {
            if (parameter.acceptable().test(asked)) {
                value = asked.strip();
            } else {
                notes.add(
                        parameter.name()
                                + " = '"
                                + asked
                                + "' in the dynamic configuration is not acceptable, "
                                + value
                                + " is used");
            }
        }
        Integer minimum = minimums.get(parameter.name());
        if (minimum != null && minimum > Integer.parseInt(value)) {
            return minimum.toString();
        }
        return value.equals("hot_standby") ? "replica" : value;
    }

    /// `wal_keep_segments` became `wal_keep_size` in version 13; a segment has 16 MB as a rule.
    private static void oldWalKeeping(SortedMap<String, String> all) {
        @Nullable String segments = all.remove("wal_keep_segments");
        if (segments != null && isNumberAtLeast(segments, 1)) {
            all.put("wal_keep_size", Integer.parseInt(segments.strip()) * 16 + "MB");
        }
    }

    private static SortedMap<String, String> lowerCase(Map<String, String> parameters) {
        SortedMap<String, String> result = new TreeMap<>();
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            result.put(parameter.getKey().toLowerCase(Locale.ROOT), parameter.getValue());
        }
        return result;
    }

    private static Predicate<String> atLeast(int minimum) {
        return value -> isNumberAtLeast(value, minimum);
    }

    private static boolean isNumberAtLeast(String value, int minimum) {
        try {
            return Integer.parseInt(value.strip()) >= minimum;
        } catch (NumberFormatException noNumber) {
            return false;
        }
    }

    private static boolean isWalLevel(String value) {
        String level = value.strip().toLowerCase(Locale.ROOT);
        return level.equals("replica") || level.equals("hot_standby") || level.equals("logical");
    }

    /// For a parameter that nobody may change.
    private static boolean fixed(String ignored) {
        return false;
    }

    private static boolean isSwitch(String value) {
        return switchState(value) != null;
    }

    /// A PostgreSQL boolean in its own words, `on` or `off`; null when it is none.
    static @Nullable String switchState(String value) {
        return switch (value.strip().toLowerCase(Locale.ROOT)) {
            case "on", "true", "yes", "1", "t", "y" -> "on";
            case "off", "false", "no", "0", "f", "n" -> "off";
            default -> null;
        };
    }

    /// Whether the server's own notation of a controlled parameter means the wanted value.
    static boolean isSame(String name, String wanted, String current) {
        return switch (name) {
            case "wal_level" -> wanted.equalsIgnoreCase(current);
            case "hot_standby", "wal_log_hints", "track_commit_timestamp" ->
                    current.equals(switchState(wanted));
            case "listen_addresses", "cluster_name" -> wanted.equals(current);
            default -> Integer.parseInt(wanted) == Integer.parseInt(current);
        };
    }
}
