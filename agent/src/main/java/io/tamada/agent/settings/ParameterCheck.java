package io.tamada.agent.settings;

import java.util.Map;

/// What can be said about PostgreSQL parameters without a server: names, and the least values of
/// those that members must agree on (PostgreSQL manual, "Hot Standby", section Administrator's
/// Overview; the minima are Patroni's). Everything else the server itself checks.
final class ParameterCheck {

    private static final Map<String, Integer> MINIMUM =
            Map.of(
                    "max_connections", 25,
                    "max_wal_senders", 3,
                    "max_prepared_transactions", 0,
                    "max_locks_per_transaction", 32,
                    "max_replication_slots", 4,
                    "max_worker_processes", 2);

    private ParameterCheck() {}

    static void check(Section section, String name, YamlValue.Scalar value) {
        String key = section.key("parameters." + name);
        if (!name.matches("[A-Za-z_][A-Za-z0-9_$]*(\\.[A-Za-z_][A-Za-z0-9_$]*)*")) {
            section.problems()
                    .error(value.origin(), key, "this name", "the name of a PostgreSQL parameter");
            return;
        }
        Integer minimum = MINIMUM.get(name);
        if (minimum != null && value.value() != null) {
            Long number = Section.asNumber(value);
            if (number == null || number < 0 || number > Integer.MAX_VALUE) {
                section.problems()
                        .error(
                                value.origin(),
                                key,
                                value.found(),
                                "an integer of at least " + minimum);
            } else if (number < minimum) {
                section.problems()
                        .warning(
                                value.origin(),
                                key,
                                number
                                        + " is below the minimum of "
                                        + minimum
                                        + ", the default is used instead, as Patroni does");
            }
        }
    }

    /// The value as it goes into postgresql.conf, unquoted.
    static String text(YamlValue.Scalar value) {
        return switch (value.value()) {
            case null -> "";
            case Boolean truth -> truth ? "on" : "off";
            case Double _ -> value.text();
            case Object other -> other.toString();
        };
    }
}
