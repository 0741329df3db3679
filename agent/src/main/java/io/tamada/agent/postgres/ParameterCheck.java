package io.tamada.agent.postgres;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Asks the server's own program which parameters it knows and which values it takes: one bad
/// line in postgresql.conf keeps a server from starting.
///
/// `postgres -C` reads its command line as a start would, prints one setting and exits.
final class ParameterCheck {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final PostgresSettings settings;
    private final StateDirectory state;
    private SortedMap<String, String> checked = new TreeMap<>();
    private SortedMap<String, String> refusals = new TreeMap<>();

    private final String log;

    /// @param log of its own for each of these: two may ask at once.
    ParameterCheck(PostgresSettings settings, StateDirectory state, String log) {
        this.log = log;
        this.settings = settings;
        this.state = state;
    }

    /// The parameters that the server would refuse, each with the server's reason. The data
    /// directory must be there.
    synchronized SortedMap<String, String> refused(SortedMap<String, String> parameters)
            throws IOException, InterruptedException {
        if (!parameters.equals(checked)) {
            SortedMap<String, String> found = new TreeMap<>();
            if (refusal(parameters) != null) {
                for (Map.Entry<String, String> parameter : parameters.entrySet()) {
                    SortedMap<String, String> one = new TreeMap<>();
                    one.put(parameter.getKey(), parameter.getValue());
                    String reason = refusal(one);
                    if (reason != null) {
                        found.put(parameter.getKey(), reason);
                    }
                }
            }
            refusals = found;
            checked = new TreeMap<>(parameters);
        }
        return refusals;
    }

    private @Nullable String refusal(SortedMap<String, String> parameters)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(settings.program("postgres").toString());
        // In the first place it is answered for root, too, for whom no server starts.
        command.add("-C");
        command.add("server_version_num");
        command.add("-D");
        command.add(settings.dataDirectory().toString());
        command.add("-c");
        command.add("config_file=/dev/null");
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            command.add("-c");
            command.add(parameter.getKey() + "=" + parameter.getValue());
        }
        Tool check =
                Tool.start(
                        command,
                        CleanEnvironment.forTool(),
                        settings.dataDirectory(),
                        state.toolLog(log));
        if (!check.await(PATIENCE)) {
            check.kill();
            return null;
        }
        Tool.Result result = check.result();
        return result.succeeded() ? null : reason(check.outputText());
    }

    /// The server's line without its `... FATAL:` in front.
    private static String reason(String output) {
        String line = output.strip().lines().findFirst().orElse("refused by the server");
        int colon = line.indexOf("FATAL:");
        return colon < 0 ? line : line.substring(colon + "FATAL:".length()).strip();
    }
}
