package io.tamada.agent.demo;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the user asked for.
///
/// @param disk whether the directory is kept at the end
/// @param runFor null to run until told to stop
/// @param killEvery null to kill nobody but by key
/// @param reviveAfter how long a killed node stays away, long enough for a failover
/// @param agentCommand runs one agent; the YAML file is its last argument
/// @param agentAccount who the agent is started as
/// @param postgresBin directory of `initdb` and `postgres`
record DemoSettings(
        int nodes,
        Disk disk,
        @Nullable Duration runFor,
        @Nullable Duration killEvery,
        Duration reviveAfter,
        List<String> agentCommand,
        AgentAccount agentAccount,
        Path postgresBin) {

    static final int MOST_NODES = 7;

    DemoSettings {
        agentCommand = List.copyOf(agentCommand);
    }

    enum Disk {
        REMOVED,
        KEPT
    }

    /// A Tamada started as root becomes the owner of its data directory by itself; a stand-in for
    /// it may not.
    enum AgentAccount {
        AS_STARTED,
        UNPRIVILEGED
    }
}
