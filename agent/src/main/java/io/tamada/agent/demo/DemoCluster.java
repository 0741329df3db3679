package io.tamada.agent.demo;

import io.tamada.haproxy.HaproxyConfig;
import io.tamada.haproxy.ProxyMember;
import io.tamada.haproxy.ProxySettings;
import io.tamada.haproxy.ProxySlots;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The processes of a demo, and their files.
final class DemoCluster {

    static final String SCOPE = "demo";

    /// An agent stops PostgreSQL first, with a checkpoint.
    private static final Duration AGENT_STOP = Duration.ofSeconds(20);

    private static final Duration STOP = Duration.ofSeconds(5);

    private final DemoSettings settings;
    private final Account account;
    private final DemoDirectory directory;
    private final DemoPorts ports;
    private final DemoSecrets secrets;
    private final List<Node> nodes = new ArrayList<>();
    private @Nullable Child etcd;
    private @Nullable Child haproxy;

    DemoCluster(DemoSettings settings, Account account, DemoDirectory directory, DemoPorts ports) {
        this.settings = settings;
        this.account = account;
        this.directory = directory;
        this.ports = ports;
        this.secrets = DemoSecrets.random();
        Account agentAccount =
                switch (settings.agentAccount()) {
                    case AS_STARTED -> new Account.Own();
                    case UNPRIVILEGED -> account;
                };
        for (int index = 0; index < settings.nodes(); index++) {
            nodes.add(
                    new Node(
                            "node" + (index + 1),
                            ports.postgres().get(index),
                            ports.rest().get(index),
                            directory,
                            agentAccount,
                            settings.agentCommand()));
        }
    }

    List<Node> nodes() {
        return List.copyOf(nodes);
    }

    DemoSecrets secrets() {
        return secrets;
    }

    void startEtcd() throws DemoFailure {
        String client = "http://127.0.0.1:" + ports.etcdClient();
        String peer = "http://127.0.0.1:" + ports.etcdPeer();
        try {
            Path data = directory.directory("etcd");
            etcd =
                    Child.start(
                            "etcd",
                            account,
                            data,
                            directory.log("etcd"),
                            List.of(
                                    Binaries.etcd().toString(),
                                    "--name=demo",
                                    "--data-dir=" + data,
                                    "--listen-client-urls=" + client,
                                    "--advertise-client-urls=" + client,
                                    "--listen-peer-urls=" + peer,
                                    "--initial-advertise-peer-urls=" + peer,
                                    "--initial-cluster=demo=" + peer));
        } catch (IOException unwritable) {
            throw unwritable(unwritable);
        }
    }

    void startHaproxy() throws DemoFailure {
        var members = new ArrayList<ProxyMember>();
        for (Node node : nodes) {
            members.add(
                    new ProxyMember(
                            node.name(), "127.0.0.1", node.postgresPort(), node.restPort()));
        }
        try {
            ProxySettings proxy =
                    ProxySettings.defaults()
                            .withListen(
                                    new ProxySettings.Listen(
                                            "127.0.0.1",
                                            ports.write(),
                                            ports.read(),
                                            ports.statistics()))
                            .withRuntimeSocket(directory.root().resolve("haproxy.sock"));
            Path file =
                    directory.file(
                            "haproxy.cfg",
                            HaproxyConfig.render(proxy, ProxySlots.of(members, proxy.slots())));
            haproxy =
                    Child.start(
                            "haproxy",
                            account,
                            directory.root(),
                            directory.log("haproxy"),
                            List.of(Binaries.haproxy().toString(), "-db", "-f", file.toString()));
        } catch (IOException unwritable) {
            throw unwritable(unwritable);
        }
    }

    void startNodes() throws DemoFailure {
        try {
            directory.file("kill", new KillScript(directory.root()).render());
            for (Node node : nodes) {
                directory.directory(node.name());
                // Its owner is whom a Tamada started as root becomes.
                directory.directory(node.name() + "/data");
                directory.file(
                        node.name() + ".yml",
                        new NodeYaml(
                                        SCOPE,
                                        node.name(),
                                        node.restPort(),
                                        node.postgresPort(),
                                        ports.etcdClient(),
                                        directory.root().resolve(node.name()),
                                        settings.postgresBin(),
                                        secrets)
                                .render());
            }
        } catch (IOException unwritable) {
            throw unwritable(unwritable);
        }
        for (Node node : nodes) {
            node.start();
        }
    }

    /// What the script `kill leader` goes by.
    void noteLeader(String name) throws DemoFailure {
        try {
            directory.file("leader", name + "\n");
        } catch (IOException unwritable) {
            throw unwritable(unwritable);
        }
    }

    String killUsage() {
        return new KillScript(directory.root()).usage();
    }

    /// @throws DemoFailure when etcd or HAProxy has ended: nothing of a demo ends them on purpose
    void requireServices() throws DemoFailure {
        if (etcd != null && !etcd.isRunning()) {
            throw etcd.failure();
        }
        if (haproxy != null && !haproxy.isRunning()) {
            throw haproxy.failure();
        }
    }

    /// Ends everything: agents in order, each with its PostgreSQL, then by force what is left.
    void stop() throws DemoFailure {
        // HAProxy first: with it gone no client sees the cluster change hands on its way down.
        end(haproxy);
        nodes.forEach(Node::terminate);
        long deadline = System.nanoTime() + AGENT_STOP.toNanos();
        for (Node node : nodes) {
            node.awaitEnd(Duration.ofNanos(Math.max(1_000_000, deadline - System.nanoTime())));
        }
        DemoFailure remaining = null;
        for (Node node : nodes) {
            try {
                if (java.nio.file.Files.exists(directory.root().resolve(node.name() + ".yml"))) {
                    node.kill();
                }
            } catch (DemoFailure failure) {
                remaining = failure;
            }
        }
        end(etcd);
        if (remaining != null) {
            throw remaining;
        }
    }

    private static void end(@Nullable Child child) {
        if (child != null) {
            child.terminate();
            child.endedWithin(STOP);
        }
    }

    private static DemoFailure unwritable(IOException failure) {
        return new DemoFailure("cannot write the demo's files: " + failure, failure);
    }
}
