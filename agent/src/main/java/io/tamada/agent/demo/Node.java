package io.tamada.agent.demo;

import io.tamada.agent.haproxy.ClusterDocument;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One node of the demo: an agent with its PostgreSQL, and whether it is away.
final class Node {

    private static final int KILLED = 128 + 9;
    private static final int TERMINATED = 128 + 15;
    private static final int INTERRUPTED = 128 + 2;
    private static final int KILL_SECONDS = 30;

    private final String name;
    private final int postgresPort;
    private final int restPort;
    private final Path root;
    private final Path log;
    private final Account account;
    private final List<String> command;
    private @Nullable Child agent;
    private long awaySinceNanos;
    private boolean away;

    Node(
            String name,
            int postgresPort,
            int restPort,
            DemoDirectory directory,
            Account account,
            List<String> agentCommand) {
        this.name = name;
        this.postgresPort = postgresPort;
        this.restPort = restPort;
        this.root = directory.root();
        this.log = directory.log(name);
        this.account = account;
        this.command = new ArrayList<>(agentCommand);
        command.add(root.resolve(name + ".yml").toString());
    }

    String name() {
        return name;
    }

    int postgresPort() {
        return postgresPort;
    }

    int restPort() {
        return restPort;
    }

    Path log() {
        return log;
    }

    void start() throws DemoFailure {
        agent = Child.start(name, account, root.resolve(name), log, command);
        away = false;
    }

    /// Whether its agent should be there and is not.
    ///
    /// Whoever ends an agent by a signal does so on purpose; the node is away then. An agent that
    /// ends for a reason of its own is a failure.
    ///
    /// @throws DemoFailure when the agent gave up
    boolean wentAway() throws DemoFailure {
        if (away || agent == null || agent.isRunning()) {
            return false;
        }
        int code = agent.exitCode();
        if (code != 0 && code != KILLED && code != TERMINATED && code != INTERRUPTED) {
            throw agent.failure();
        }
        leave();
        return true;
    }

    boolean isAway() {
        return away;
    }

    boolean isAwayFor(Duration time) {
        return away && System.nanoTime() - awaySinceNanos >= time.toNanos();
    }

    /// Ends the agent and its whole PostgreSQL at once.
    void kill() throws DemoFailure {
        try {
            Process script =
                    new ProcessBuilder("sh", root.resolve("kill").toString(), name)
                            .redirectErrorStream(true)
                            .redirectOutput(
                                    ProcessBuilder.Redirect.appendTo(
                                            root.resolve("log").resolve("kill.log").toFile()))
                            .start();
            if (!script.waitFor(KILL_SECONDS, TimeUnit.SECONDS) || script.exitValue() != 0) {
                script.destroyForcibly();
                throw new DemoFailure(
                        name + " could not be ended; see " + root.resolve("log/kill.log"));
            }
        } catch (IOException impossible) {
            throw new DemoFailure("cannot run sh: " + impossible.getMessage(), impossible);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        leave();
    }

    void terminate() {
        if (agent != null) {
            agent.terminate();
        }
    }

    void awaitEnd(Duration patience) {
        if (agent != null) {
            agent.endedWithin(patience);
        }
    }

    MembersTable.Row row(@Nullable ClusterDocument cluster, Duration reviveAfter) {
        ClusterDocument.Member seen = null;
        if (cluster != null) {
            for (ClusterDocument.Member member : cluster.members()) {
                if (member.name().equals(name)) {
                    seen = member;
                }
            }
        }
        return new MembersTable.Row(name, postgresPort, restPort, seen, absence(reviveAfter));
    }

    private @Nullable String absence(Duration reviveAfter) {
        if (!away) {
            return null;
        }
        long left = reviveAfter.toNanos() - (System.nanoTime() - awaySinceNanos);
        return "killed, back in " + Math.max(0, Math.ceilDiv(left, 1_000_000_000L)) + " s";
    }

    private void leave() {
        if (!away) {
            away = true;
            awaySinceNanos = System.nanoTime();
        }
    }
}
