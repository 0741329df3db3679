package io.tamada.chaos.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// One node: an agent, its instance and their files.
public final class TestNode {

    private final String name;
    private final Path directory;
    private AgentProgram program;
    private final NodeGroup group;
    private final int postgresPort = Ports.free();
    private final int restPort = Ports.free();
    private Path dataDirectory;
    private @Nullable Launched agent;

    TestNode(String name, Path directory, AgentProgram program) {
        this.name = name;
        this.directory = directory;
        this.program = program;
        this.dataDirectory = directory.resolve("data");
        this.group = NodeGroup.forNode(name);
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Launched.giveToPostgres(directory);
    }

    void configure(ClusterPlan plan, String scope, TestEtcd etcd) {
        writeConfig(NodeConfig.render(this, plan, scope, etcd.hostsFor(name)));
    }

    private void writeConfig(String text) {
        try {
            Files.writeString(configFile(), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Changes the file; the agent is not told.
    public void editConfig(UnaryOperator<String> edit) {
        try {
            String before = Files.readString(configFile());
            String after = edit.apply(before);
            if (after.equals(before)) {
                throw new IllegalStateException("the edit has not changed " + configFile());
            }
            writeConfig(after);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The next start is of another program, on the same file and the same data.
    public void nowRuns(AgentProgram other) {
        program = other;
    }

    public AgentProgram program() {
        return program;
    }

    /// Starts the agent; returns at once.
    public Launched start() {
        Launched started =
                Launched.start(
                        Launched.As.CALLER,
                        directory,
                        directory.resolve("agent.log"),
                        Map.of(),
                        // Into the group with the rights for it, and then without them.
                        group.inside(
                                Launched.as(
                                        program.user(),
                                        Launched.line(program.line(), configFile().toString()))));
        agent = started;
        return started;
    }

    /// As a power failure would: the agent, the guard and every process of the instance at once.
    public void killHard() {
        var processes = Processes.ofInstance(dataDirectory());
        agent().signal(Signals.KILL);
        Processes.killGuard(dataDirectory());
        processes.forEach(Signals.KILL::to);
        Processes.killInstance(dataDirectory());
        agent().kill();
    }

    public void killAgent() {
        agent().kill();
    }

    public void killPostmaster() {
        Signals.KILL.to(Processes.postmaster(dataDirectory()));
    }

    /// Waits for another postmaster than `old`. A write sent after it is of the new server: the
    /// old one's backends may outlive it by a moment.
    ///
    /// @return when it was seen, on [System#nanoTime()].
    public long awaitPostmasterOtherThan(long old, Duration within) {
        Await.until(
                "another postmaster of " + name,
                within,
                () -> {
                    long pid = Processes.postmaster(dataDirectory());
                    return pid != 0 && pid != old;
                },
                () -> "still " + old);
        return System.nanoTime();
    }

    /// SIGTERM, and its end awaited.
    ///
    /// @return the exit code.
    public int stop(Duration within) {
        agent().signal(Signals.TERM);
        return agent().exitWithin(within);
    }

    public boolean isStarted() {
        return agent != null;
    }

    public Launched agent() {
        if (agent == null) {
            throw new IllegalStateException(name + " was never started");
        }
        return agent;
    }

    /// The last lines of everything its agents have said.
    String agentTail(int lines) {
        return agent == null ? "" : agent.tail(lines);
    }

    /// Ends whatever is left; for the end of a test.
    void destroy() {
        group.thaw();
        if (agent != null) {
            agent.signal(Signals.KILL);
        }
        Processes.killInstance(dataDirectory());
        if (agent != null) {
            agent.kill();
        }
        Processes.killGuard(dataDirectory());
        Processes.killInstance(dataDirectory());
        group.close();
    }

    public Rest.Answer rest(String path) {
        return Rest.ask(restPort, path);
    }

    public String name() {
        return name;
    }

    public int postgresPort() {
        return postgresPort;
    }

    public int restPort() {
        return restPort;
    }

    public Path directory() {
        return directory;
    }

    public Path dataDirectory() {
        return dataDirectory;
    }

    /// Another place for the data; for a node that was never started.
    public void placeDataIn(Path other) {
        String before = "data_dir: " + dataDirectory;
        editConfig(text -> text.replace(before, "data_dir: " + other));
        dataDirectory = other;
    }

    /// Every process of the node, the agent's and the instance's.
    public NodeGroup group() {
        return group;
    }

    public Path configFile() {
        return directory.resolve("agent.yml");
    }

    @Override
    public String toString() {
        return name;
    }
}
