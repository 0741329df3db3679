package io.tamada.chaos.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A cluster on this machine, everything it writes under one temporary directory.
public final class TestCluster implements AutoCloseable {

    public static final Duration BOOTSTRAP = Duration.ofSeconds(60);

    private final ClusterPlan plan;
    private final String scope;
    private final Path directory;
    private final TestEtcd etcd;
    private final List<TestNode> nodes = new ArrayList<>();
    private final List<Runnable> atEnd = new ArrayList<>();
    private final Thread atExit = new Thread(this::endProcesses, "cluster-end");
    private @Nullable TestProxy proxy;

    private TestCluster(ClusterPlan plan, String scope, EtcdRoute route) {
        this.plan = plan;
        this.scope = scope;
        try {
            directory = Files.createTempDirectory("tamada-test-").toRealPath();
            Launched.giveToPostgres(directory);
            // Everybody needs the way through to what is theirs.
            directory.toFile().setExecutable(true, false);
            directory.toFile().setReadable(true, false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        etcd = TestEtcd.planned(directory, plan.etcdMembers(), route);
        for (int number = 1; number <= plan.nodes(); number++) {
            addNode("node" + number);
        }
        // An interrupted build must not leave a cluster behind.
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /// Directories and configuration only; nothing runs yet.
    public static TestCluster planned(ClusterPlan plan, String scope) {
        return planned(plan, scope, EtcdRoute.DIRECT);
    }

    public static TestCluster planned(ClusterPlan plan, String scope, EtcdRoute route) {
        return new TestCluster(plan, scope, route);
    }

    /// Starts etcd and every agent; returns when etcd is healthy.
    public TestCluster start() {
        startEtcd();
        nodes.forEach(TestNode::start);
        return this;
    }

    public void startEtcd() {
        etcd.startAll();
        etcd.awaitHealthy();
    }

    /// One more node, configured but not started.
    public TestNode addNode(String name) {
        return addNode(name, name, scope);
    }

    /// @param directoryName where its files are, beside those of the others.
    public TestNode addNode(String name, String directoryName, String itsScope) {
        TestNode node = new TestNode(name, directory.resolve(directoryName), plan.program());
        node.configure(plan, itsScope, etcd);
        nodes.add(node);
        return node;
    }

    /// What has to be undone between the end of the processes and the removal of the files.
    public void atEnd(Runnable undo) {
        atEnd.add(undo);
    }

    /// HAProxy in front of the nodes of this moment.
    public TestProxy proxy() {
        if (proxy == null) {
            proxy = TestProxy.start(directory, nodes);
        }
        return proxy;
    }

    /// Waits until one node answers 200 to `/primary` and takes writes, and all others stream
    /// from it.
    ///
    /// @param members nodes of which the cluster shall then consist.
    /// @return the primary.
    public TestNode awaitOnePrimaryAndStreaming(int members, Duration within) {
        return Await.value(
                "one primary and " + (members - 1) + " streaming standbys",
                within,
                () -> lookForWholeness(members));
    }

    /// Waits until so many standbys are known to have every commit: before that nobody may take
    /// over in a synchronous mode.
    ///
    /// @param role `sync` or `quorum`, as the path is called.
    public void awaitSynchronousStandbys(String role, int standbys, Duration within) {
        Await.until(
                standbys + " standbys that answer /" + role,
                within,
                () -> answering(role) >= standbys,
                () -> answering(role) + " do");
    }

    private long answering(String role) {
        return nodes.stream().filter(node -> node.rest("/" + role).status() == 200).count();
    }

    private Await.Seen<TestNode> lookForWholeness(int members) {
        List<TestNode> primaries = new ArrayList<>();
        int replicas = 0;
        StringBuilder found = new StringBuilder();
        for (TestNode node : nodes) {
            Rest.Answer primary = node.rest("/primary");
            int replica = primary.status() == 0 ? 0 : node.rest("/replica").status();
            if (primary.status() == 200) {
                primaries.add(node);
            }
            replicas += replica == 200 ? 1 : 0;
            var document = primary.json();
            found.append(
                    "%n  %s: /primary %d, /replica %d, state %s, role %s, timeline %s"
                            .formatted(
                                    node,
                                    primary.status(),
                                    replica,
                                    document.path("state").asText("?"),
                                    document.path("role").asText("?"),
                                    document.path("timeline").asText("?")));
        }
        if (primaries.size() == 1 && replicas == members - 1) {
            TestNode primary = primaries.getFirst();
            String streaming =
                    Sql.peek(
                            primary.postgresPort(),
                            """
                            SELECT count(DISTINCT application_name)
                            FROM pg_stat_replication
                            WHERE state = 'streaming' AND NOT pg_is_in_recovery()\
                            """);
            if (streaming.equals(Integer.toString(members - 1))) {
                return new Await.Seen.Yes<>(primary);
            }
            found.append("%n  streaming from %s: %s".formatted(primary, streaming));
        }
        return new Await.Seen.NotYet<>(found.toString());
    }

    /// The node that answers 200 to `/primary`, other than `not`.
    public TestNode awaitPrimaryOtherThan(TestNode not, Duration within) {
        return Await.value(
                "a primary other than " + not,
                within,
                () -> {
                    StringBuilder found = new StringBuilder();
                    for (TestNode node : nodes) {
                        int status = node == not ? 0 : node.rest("/primary").status();
                        if (status == 200) {
                            return new Await.Seen.Yes<>(node);
                        }
                        found.append(" %s %d".formatted(node, status));
                    }
                    return new Await.Seen.NotYet<>("/primary of" + found);
                });
    }

    public List<TestNode> others(TestNode than) {
        return nodes.stream().filter(node -> node != than).toList();
    }

    public TestNode node(String name) {
        return nodes.stream().filter(node -> node.name().equals(name)).findFirst().orElseThrow();
    }

    public List<TestNode> nodes() {
        return List.copyOf(nodes);
    }

    public TestEtcd etcd() {
        return etcd;
    }

    public String scope() {
        return scope;
    }

    public Path directory() {
        return directory;
    }

    public ClusterPlan plan() {
        return plan;
    }

    /// The full name of one of the cluster's keys.
    public String key(String name) {
        return "/service/" + scope + "/" + name;
    }

    /// Runs `patronictl` on this cluster.
    public String patronictl(String command, String... arguments) {
        Path config = directory.resolve("patronictl.yml");
        try {
            Files.writeString(
                    config,
                    "scope: %s%netcd3:%n  hosts: '%s'%n"
                            .formatted(scope, String.join(",", etcd.hosts())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return operator(
                List.of("/usr/bin/patronictl", "-c", config.toString(), command), arguments);
    }

    /// Runs a command of `./tamada` with the configuration file of a node.
    public String tamada(String command, String... arguments) {
        return operator(
                List.of(
                        AgentProgram.launcher().toString(),
                        "-c",
                        nodes.getFirst().configFile().toString(),
                        command),
                arguments);
    }

    /// The same, with text for its standard input and one more variable, `NAME=VALUE`.
    public String tamadaTold(String text, String variable, String command, String... arguments) {
        return operator(
                List.of(
                        "sh",
                        "-c",
                        "text=$1; shift; printf '%b' \"$text\" | \"$@\"",
                        "sh",
                        text,
                        "env",
                        variable,
                        AgentProgram.launcher().toString(),
                        "-c",
                        nodes.getFirst().configFile().toString(),
                        command),
                arguments);
    }

    private String operator(List<String> command, String... arguments) {
        List<String> line = new ArrayList<>(command);
        line.addAll(List.of(arguments));
        return Launched.run(Launched.As.CALLER, directory, Duration.ofSeconds(60), line);
    }

    @Override
    public void close() {
        endProcesses();
        Runtime.getRuntime().removeShutdownHook(atExit);
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + directory, e);
        }
    }

    private void endProcesses() {
        if (proxy != null) {
            proxy.kill();
        }
        nodes.forEach(TestNode::destroy);
        etcd.killAll();
        atEnd.forEach(Runnable::run);
        atEnd.clear();
    }

    /// Copies logs and configuration to `target` and tells the last lines of each agent.
    ///
    /// @return what to print.
    public String keepLogs(Path target) {
        StringBuilder story = new StringBuilder("logs are kept in " + target + "\n");
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.filter(TestCluster::isLog).toList()) {
                Path copy = target.resolve(directory.relativize(path).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(path, copy, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException | UncheckedIOException e) {
            story.append("not all of them: ").append(e).append('\n');
        }
        for (TestNode node : nodes) {
            Path log = node.directory().resolve("agent.log");
            if (Files.exists(log)) {
                story.append("---- ").append(node).append(", its last lines\n");
                story.append(node.agentTail(25)).append('\n');
            }
        }
        return story.toString();
    }

    private static boolean isLog(Path path) {
        String file = path.getFileName().toString();
        boolean named =
                file.endsWith(".log")
                        || file.endsWith(".yml")
                        || file.endsWith(".cfg")
                        || file.endsWith(".conf");
        return named && Files.isRegularFile(path);
    }
}
