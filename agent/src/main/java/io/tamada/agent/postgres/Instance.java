package io.tamada.agent.postgres;

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
        Odometer odometer) {}
