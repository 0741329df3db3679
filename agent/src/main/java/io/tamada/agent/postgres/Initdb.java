package io.tamada.agent.postgres;

import io.tamada.agent.hooks.Scripts.CustomBootstrap;
import io.tamada.agent.postgres.DirectoryWatch.Freshness;
import io.tamada.agent.postgres.PostgresSettings.Role;
import io.tamada.agent.postgres.StateDirectory.Mark;
import io.tamada.core.postgres.DataDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Creates a new instance. What a failed or killed initdb leaves is removed: it was made by us,
/// in a directory that was empty. Of one whose agent has died, {@link InitdbLeftovers}.
final class Initdb {

    private static final Duration LIMIT = Duration.ofMinutes(10);

    /// A large backup takes days; progress is shown, and a stop ends it.
    private static final Duration RESTORE_LIMIT = Duration.ofDays(7);

    /// Chosen by the agent, as in Patroni.
    private static final List<String> NOT_FOR_USERS =
            List.of("--pgdata", "--nosync", "--no-sync", "--pwfile", "--sync-only", "--version");

    private final Instance instance;

    Initdb(Instance instance) {
        this.instance = instance;
    }

    Outcome run(OngoingOperation operation) throws IOException, InterruptedException {
        DataDirectory directory = instance.directory().refresh(Freshness.EXACT);
        if (!(directory instanceof DataDirectory.Empty)) {
            return new Outcome.Failed("the data directory is not empty: " + directory);
        }
        StateDirectory state = instance.state();
        Path parent = Objects.requireNonNull(instance.settings().dataDirectory().getParent());
        Files.createDirectories(parent);
        state.forget();
        state.recovered();
        state.bootstrapDone();
        state.mark(Mark.INITDB);
        CustomBootstrap custom = instance.scripts().get().bootstrap();
        return custom == null ? initdb(operation, parent) : restore(operation, custom);
    }

    /// Whatever the user's command makes is taken for the new cluster's first instance.
    private Outcome restore(OngoingOperation operation, CustomBootstrap custom)
            throws IOException, InterruptedException {
        StateDirectory state = instance.state();
        List<String> command = new ArrayList<>(CommandLine.split(custom.command()));
        if (!custom.noParams()) {
            command.add("--scope=" + instance.settings().scope());
            command.add("--datadir=" + instance.settings().dataDirectory());
        }
        custom.options().forEach((name, value) -> command.add("--" + name + "=" + value));
        // Without its arguments, which may hold a password.
        operation.progress("running the command of bootstrap.method");
        Tool.Result result =
                operation.finish(
                        Tool.ofUser(
                                command, CleanEnvironment.forServer(), state.toolLog("bootstrap")),
                        RESTORE_LIMIT);
        if (!result.succeeded()) {
            removeLeftovers(instance.settings(), state);
            return operation.isCancelled()
                    ? Outcome.CANCELLED
                    : new Outcome.Failed(
                            "the command of bootstrap.method has ended with exit code "
                                    + result.exitCode()
                                    + ": "
                                    + result.lastLines());
        }
        instance.processes().resolveAgain();
        if (!(instance.directory().refresh(Freshness.EXACT) instanceof DataDirectory.Ready)
                && !Files.exists(
                        instance.settings().dataDirectory().resolve("global/pg_control"))) {
            removeLeftovers(instance.settings(), state);
            return new Outcome.Failed(
                    "the command of bootstrap.method has left no instance in "
                            + instance.settings().dataDirectory());
        }
        instance.configuration().files().appendAfterInitdb(instance.configuration().dynamic());
        if (custom.recovers()) {
            state.restored();
        }
        state.foreignPassword();
        state.bootstrapPending();
        state.unmark(Mark.INITDB);
        Membership.remember(instance);
        return Outcome.DONE;
    }

    private Outcome initdb(OngoingOperation operation, Path parent)
            throws IOException, InterruptedException {
        StateDirectory state = instance.state();
        Path passwordFile = state.temporary("initdb.password");
        Tool.Result result;
        try {
            Tool initdb =
                    Tool.start(
                            command(passwordFile),
                            CleanEnvironment.forServer(),
                            parent,
                            state.toolLog("initdb"));
            result = operation.finish(initdb, LIMIT);
        } finally {
            Files.deleteIfExists(passwordFile);
        }
        if (!result.succeeded()) {
            removeLeftovers(instance.settings(), state);
            return operation.isCancelled()
                    ? Outcome.CANCELLED
                    : new Outcome.Failed("initdb has failed: " + result.lastLines());
        }
        instance.processes().resolveAgain();
        instance.configuration().files().appendAfterInitdb(instance.configuration().dynamic());
        state.bootstrapPending();
        state.unmark(Mark.INITDB);
        Membership.remember(instance);
        return Outcome.DONE;
    }

    /// For an initdb that did not end well.
    static void removeLeftovers(PostgresSettings settings, StateDirectory state)
            throws IOException {
        DataFiles.wipe(settings.dataDirectory());
        state.unmark(Mark.INITDB);
    }

    private List<String> command(Path passwordFile) throws IOException {
        PostgresSettings settings = instance.settings();
        Role superuser = settings.roles().superuser();
        List<String> command = new ArrayList<>();
        command.add(settings.program("initdb").toString());
        command.add("--pgdata=" + settings.dataDirectory());
        command.add("--username=" + superuser.name());
        boolean authChosen = false;
        for (String option : settings.initdbOptions()) {
            if (!NOT_FOR_USERS.contains(option.split("=", 2)[0])) {
                command.add(option);
                authChosen |= option.startsWith("--auth");
            }
        }
        if (superuser.password() != null) {
            DurableFiles.replace(passwordFile, superuser.password() + "\n");
            command.add("--pwfile=" + passwordFile);
            if (!authChosen) {
                // initdb's own default is trust for everybody on this machine.
                command.add("--auth-local=trust");
                command.add("--auth-host=scram-sha-256");
            }
        }
        return command;
    }
}
