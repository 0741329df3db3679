package io.tamada.agent.postgres;

import io.tamada.core.cluster.SystemIdentifier;
import io.tamada.core.postgres.ControlData;
import io.tamada.core.postgres.ControlState;
import io.tamada.core.wal.Lsn;
import io.tamada.core.wal.Timeline;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Reads `global/pg_control` by way of pg_controldata, which knows its version's layout and
/// checks the checksum.
final class ControlFile {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /// Before version 17 a reader may meet a half-written file.
    private static final int ATTEMPTS = 3;

    /// Settings that a standby must not have lower than its primary had (PostgreSQL manual, "Hot
    /// Standby"), and how pg_controldata calls them.
    private static final List<List<String>> STANDBY_MINIMUMS =
            List.of(
                    List.of("max_connections", "max_connections setting"),
                    List.of("max_worker_processes", "max_worker_processes setting"),
                    List.of("max_wal_senders", "max_wal_senders setting"),
                    List.of("max_prepared_transactions", "max_prepared_xacts setting"),
                    List.of("max_locks_per_transaction", "max_locks_per_xact setting"));

    sealed interface Reading {}

    /// @param standbyMinimums what a standby needs at the least, by parameter.
    record Parsed(ControlData data, SortedMap<String, Integer> standbyMinimums)
            implements Reading {}

    record Unreadable(String reason) implements Reading {}

    private final PostgresSettings settings;

    ControlFile(PostgresSettings settings) {
        this.settings = settings;
    }

    Reading read() throws IOException, InterruptedException {
        Reading reading = readOnce();
        for (int attempt = 1; attempt < ATTEMPTS && reading instanceof Unreadable; attempt++) {
            reading = readOnce();
        }
        return reading;
    }

    private Reading readOnce() throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(
                        settings.program("pg_controldata").toString(),
                        "-D",
                        settings.dataDirectory().toString());
        builder.environment().clear();
        builder.environment().putAll(CleanEnvironment.forTool());
        builder.redirectErrorStream(true);
        Process process = builder.start();
        process.getOutputStream().close();
        // The output fits into a pipe, so that the program never waits for us.
        if (!process.waitFor(PATIENCE)) {
            process.destroyForcibly();
            return new Unreadable(
                    "pg_controldata did not end within " + PATIENCE.toSeconds() + " s");
        }
        String text =
                new String(
                        process.getInputStream().readAllBytes(),
                        java.nio.charset.StandardCharsets.UTF_8);
        if (process.exitValue() != 0) {
            return new Unreadable(text.strip());
        }
        return parse(text);
    }

    static Reading parse(String text) {
        SortedMap<String, String> values = new TreeMap<>();
        for (String line : text.lines().toList()) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                values.put(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
            }
            if (line.contains("CRC")) {
                return new Unreadable("the control file is damaged: " + line.strip());
            }
        }
        try {
            SortedMap<String, Integer> minimums = new TreeMap<>();
            for (List<String> minimum : STANDBY_MINIMUMS) {
                String value = values.get(minimum.getLast());
                if (value != null) {
                    minimums.put(minimum.getFirst(), Integer.valueOf(value));
                }
            }
            Lsn minRecovery = Lsn.parse(need(values, "Minimum recovery ending location"));
            int minTimeline = Integer.parseInt(need(values, "Min recovery ending loc's timeline"));
            return new Parsed(
                    new ControlData(
                            new SystemIdentifier(need(values, "Database system identifier")),
                            state(need(values, "Database cluster state")),
                            new Timeline(
                                    Integer.parseInt(
                                            need(values, "Latest checkpoint's TimeLineID"))),
                            Lsn.parse(need(values, "Latest checkpoint location")),
                            minRecovery.equals(Lsn.ZERO) ? null : minRecovery,
                            minTimeline == 0 ? null : new Timeline(minTimeline)),
                    minimums);
        } catch (IllegalArgumentException unexpected) {
            return new Unreadable(
                    "pg_controldata answered unexpectedly: " + unexpected.getMessage());
        }
    }

    private static String need(SortedMap<String, String> values, String key) {
        @Nullable String value = values.get(key);
        if (value == null) {
            throw new IllegalArgumentException("no line '" + key + "'");
        }
        return value;
    }

    private static ControlState state(String text) {
        return switch (text) {
            case "starting up" -> ControlState.STARTING_UP;
            case "shut down" -> ControlState.SHUT_DOWN;
            case "shut down in recovery" -> ControlState.SHUT_DOWN_IN_RECOVERY;
            case "shutting down" -> ControlState.SHUTTING_DOWN;
            case "in crash recovery" -> ControlState.IN_CRASH_RECOVERY;
            case "in archive recovery" -> ControlState.IN_ARCHIVE_RECOVERY;
            case "in production" -> ControlState.IN_PRODUCTION;
            default -> throw new IllegalArgumentException("unknown state '" + text + "'");
        };
    }
}
