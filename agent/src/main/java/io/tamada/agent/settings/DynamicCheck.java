package io.tamada.agent.settings;

import java.util.Map;

/// Checks `bootstrap.dcs`, the first content of the cluster's dynamic configuration. It is kept
/// as it was written; here only what is wrong with it is reported. What it asks for is also the
/// list of the keys that are known, see [UnknownKeys].
final class DynamicCheck {

    private static final String REMOVE = "remove it, or keep this cluster on Patroni";

    private DynamicCheck() {}

    static void check(Section section) {
        long ttl = section.number("ttl", 30, 1, Integer.MAX_VALUE);
        long loopWait = section.number("loop_wait", 10, 1, Integer.MAX_VALUE);
        long retryTimeout = section.number("retry_timeout", 10, 1, Integer.MAX_VALUE);
        leaseRule(section, ttl, loopWait, retryTimeout);
        bytes(section, "maximum_lag_on_failover", false);
        bytes(section, "maximum_lag_on_syncnode", true);
        for (String name :
                new String[] {
                    "primary_start_timeout",
                    "primary_stop_timeout",
                    "master_start_timeout",
                    "master_stop_timeout",
                    "max_timelines_history"
                }) {
            section.integer(name, 0, 0, Integer.MAX_VALUE);
        }
        section.mention("primary_race_backoff", "not built yet: the race begins at once, ignored");
        section.integer("synchronous_node_count", 1, 1, Integer.MAX_VALUE);
        seconds(section, "member_slots_ttl");
        section.flag("check_timeline");
        section.choice("synchronous_mode", "off", "off", "on", "quorum");
        section.flag("synchronous_mode_strict");
        mayNotLead(section);
        postgresql(section.section("postgresql"));
        SlotCheck.check(section);
        ours(section.section("tamada"));
        section.warnAboutTheRest();
    }

    /// What Patroni does not know.
    private static void ours(Section section) {
        seconds(section, "storage_timeout");
        seconds(section, "slot_wal_time");
        SlotCheck.budget(section);
        seconds(section, "rejoin_patience");
        section.flag("rebuild_standby");
        bytes(section, "rebuild_lag", false);
        // Of a pause that has begun.
        section.ignore("pause_reason", "pause_until");
        section.warnAboutTheRest();
    }

    /// Patroni's rule; the lease arithmetic keeps it by lowering loop_wait and retry_timeout, and
    /// the operator should know by how much the wish was missed.
    private static void leaseRule(Section section, long ttl, long loopWait, long retryTimeout) {
        long needed = loopWait + 2 * retryTimeout;
        if (ttl < needed) {
            YamlValue value = section.value("ttl");
            section.problems()
                    .warning(
                            value == null ? section.origin() : value.origin(),
                            section.key("ttl"),
                            "ttl must be at least loop_wait + 2 * retry_timeout: "
                                    + ttl
                                    + " < "
                                    + loopWait
                                    + " + 2 * "
                                    + retryTimeout
                                    + " = "
                                    + needed
                                    + "; loop_wait and retry_timeout are lowered to fit");
        }
    }

    /// A number of seconds, or a number with one of PostgreSQL's time units, which Patroni takes
    /// here too.
    private static void seconds(Section section, String name) {
        YamlValue value = section.value(name);
        if (value == null) {
            return;
        }
        boolean withUnit =
                value instanceof YamlValue.Scalar scalar
                        && scalar.text().strip().matches("\\d{1,9}\\s*(ms|s|min|h|d)");
        Long number = Section.asNumber(value);
        if (!withUnit && (number == null || number < 0)) {
            section.wrong(name, value, "seconds, or a number with ms, s, min, h or d");
        }
    }

    /// A number of bytes, also with one of PostgreSQL's units.
    ///
    /// @param none whether a number below zero is taken for no bound.
    private static void bytes(Section section, String name, boolean none) {
        YamlValue value = section.value(name);
        if (value == null) {
            return;
        }
        boolean withUnit =
                value instanceof YamlValue.Scalar scalar
                        && scalar.text().strip().matches("\\d{1,12}\\s*(B|kB|MB|GB|TB)");
        Long number = Section.asNumber(value);
        if (!withUnit && (number == null || (number < 0 && !none))) {
            section.wrong(name, value, "bytes, or a number with B, kB, MB, GB or TB");
        }
    }

    /// What restricts who may lead is obeyed or refused, never passed over.
    private static void mayNotLead(Section section) {
        section.flag("failsafe_mode");
        Boolean pause = section.flag("pause");
        YamlValue value = section.value("pause");
        if (Boolean.TRUE.equals(pause) && value != null) {
            section.problems().notBuilt(value.origin(), section.key("pause"), "true", REMOVE);
        }
        if (section.has("standby_cluster")) {
            standbyCluster(section.section("standby_cluster"));
        }
    }

    private static void standbyCluster(Section section) {
        String host = section.text("host");
        YamlValue port = section.value("port");
        if (port != null) {
            Long number = Section.asNumber(port);
            if (number == null || number < 1 || number > 65_535) {
                section.wrong("port", port, "a port number");
            }
        }
        String restore = section.text("restore_command");
        if (host == null && port == null && restore == null) {
            section.missing("host", "a server of the cluster to follow, or a restore_command");
        }
        section.text("primary_slot_name");
        section.text("archive_cleanup_command");
        section.text("recovery_min_apply_delay");
        section.texts("create_replica_methods");
        section.warnAboutTheRest();
    }

    private static void postgresql(Section section) {
        section.flag("use_pg_rewind");
        section.flag("use_slots");
        section.flag("remove_data_directory_on_rewind_failure");
        section.flag("remove_data_directory_on_diverged_timelines");
        section.integer("pg_ctl_timeout", 60, 0, Integer.MAX_VALUE);
        section.texts("pg_hba");
        section.texts("pg_ident");
        section.scalars("recovery_conf");
        for (Map.Entry<String, YamlValue.Scalar> entry : section.scalars("parameters").entrySet()) {
            ParameterCheck.check(section, entry.getKey(), entry.getValue());
        }
        for (String role : new String[] {"primary", "replica", "standby_leader"}) {
            for (String what : new String[] {"parameters_", "pg_hba_", "pg_ident_"}) {
                section.mention(what + role, "settings by role are not built yet, ignored");
            }
        }
        section.ignore("use_unix_socket", "use_unix_socket_repl");
        section.warnAboutTheRest();
    }
}
