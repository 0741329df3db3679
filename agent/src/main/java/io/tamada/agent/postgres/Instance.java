package io.tamada.agent.postgres;

import io.tamada.agent.hooks.Scripts;
import java.util.function.Supplier;

/// The parts that every operation on the local instance works with.
record Instance(
        PostgresSettings settings,
        StateDirectory state,
        DirectoryWatch directory,
        InstanceProcesses processes,
        ServerMonitor monitor,
        Sessions sessions,
        LiveConfiguration configuration,
        OldDirectory old,
        Odometer odometer,
        Supplier<Scripts> scripts,
        Callbacks callbacks) {}
