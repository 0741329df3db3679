package io.tamada.agent.postgres;

import io.tamada.agent.hooks.Scripts.ReplicaMethod;
import io.tamada.core.postgres.Upstream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One of the user's own ways to make a replica (`create_replica_methods`), with the arguments that
/// Patroni gives it.
final class ReplicaScript {

    /// A large copy takes days; a stop ends it.
    private static final Duration LIMIT = Duration.ofDays(7);

    private final Instance instance;
    private final ReplicaMethod method;

    ReplicaScript(Instance instance, ReplicaMethod method) {
        this.instance = instance;
        this.method = method;
    }

    /// Whether a method has made an instance.
    static boolean hasMade(Instance instance, Tool.Result result) {
        return result.succeeded()
                && Files.exists(instance.settings().dataDirectory().resolve("global/pg_control"));
    }

    /// Why it has made none.
    ///
    /// @param reason what the program has said.
    static String failure(ReplicaMethod method, Tool.Result result, String reason) {
        return method.name()
                + (result.succeeded()
                        ? " has left no instance"
                        : " has failed with exit code " + result.exitCode() + ": " + reason);
    }

    /// @param upstream what could be copied from; null when there is no leader.
    Tool.Result run(@Nullable Upstream upstream, OngoingOperation operation)
            throws IOException, InterruptedException {
        PostgresSettings settings = instance.settings();
        Path passfile = instance.state().passfile();
        DurableFiles.replace(passfile, ConfigurationFiles.passfile(settings));
        List<String> command = new ArrayList<>(CommandLine.split(method.command()));
        LinkedHashMap<String, String> arguments = new LinkedHashMap<>(method.options());
        if (method.noParams()) {
            arguments.remove("no_leader");
            arguments.remove("no_master");
        } else {
            arguments.put("scope", settings.scope());
            arguments.put("role", "replica");
            arguments.put("datadir", settings.dataDirectory().toString());
            arguments.put(
                    "connstring",
                    upstream == null
                            ? ""
                            : ConnInfo.forTool(
                                    upstream, settings.roles().replication(), passfile, null));
        }
        arguments.forEach((name, value) -> command.add("--" + name + "=" + value));
        Map<String, String> environment = CleanEnvironment.forServer();
        environment.put("PGPASSFILE", passfile.toString());
        Files.createDirectories(Objects.requireNonNull(settings.dataDirectory().getParent()));
        return operation.finish(
                Tool.ofUser(command, environment, instance.state().toolLog("create-replica")),
                LIMIT);
    }
}
