package io.tamada.chaos.cluster;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// An etcd of one or three members on loopback.
public final class TestEtcd {

    private static final Duration UNTIL_HEALTHY = Duration.ofSeconds(20);
    private static final Duration ONE_COMMAND = Duration.ofSeconds(10);

    private record Member(String name, int clientPort, int peerPort) {}

    private final Path directory;
    private final EtcdRoute route;
    private final List<Member> members = new ArrayList<>();
    private final List<Launched> processes = new ArrayList<>();

    private TestEtcd(Path directory, EtcdRoute route) {
        this.directory = directory;
        this.route = route;
    }

    /// Returns before it answers; see [#awaitHealthy()].
    public static TestEtcd start(Path directory, int count) {
        TestEtcd etcd = planned(directory, count, EtcdRoute.DIRECT);
        etcd.startAll();
        return etcd;
    }

    /// With its ports, but not started.
    public static TestEtcd planned(Path directory, int count, EtcdRoute route) {
        TestEtcd etcd = new TestEtcd(directory, route);
        for (int number = 1; number <= count; number++) {
            etcd.members.add(new Member("etcd" + number, Ports.free(), Ports.free()));
        }
        return etcd;
    }

    /// Starts the members, with the data they had before.
    public void startAll() {
        processes.clear();
        for (Member member : members) {
            processes.add(launch(member));
        }
    }

    public void awaitHealthy() {
        Await.until(
                "etcd to be healthy",
                UNTIL_HEALTHY,
                () -> {
                    Launched check = ctl(List.of("--command-timeout=2s", "endpoint", "health"));
                    return check.exitWithin(ONE_COMMAND) == 0;
                },
                () -> processes.getFirst().tail(5));
    }

    private Launched launch(Member member) {
        List<String> peers = new ArrayList<>();
        for (Member each : members) {
            peers.add(each.name + "=http://127.0.0.1:" + each.peerPort);
        }
        String client = "http://127.0.0.1:" + member.clientPort;
        StringBuilder listen = new StringBuilder(client);
        for (String address : route.listenOn()) {
            listen.append(",http://").append(address).append(':').append(member.clientPort);
        }
        String peer = "http://127.0.0.1:" + member.peerPort;
        return Launched.start(
                Launched.As.POSTGRES,
                directory,
                directory.resolve(member.name + ".log"),
                Map.of(),
                List.of(
                        "/usr/bin/etcd",
                        "--name=" + member.name,
                        "--data-dir=" + directory.resolve(member.name),
                        "--listen-client-urls=" + listen,
                        "--advertise-client-urls=" + client,
                        "--listen-peer-urls=" + peer,
                        "--initial-advertise-peer-urls=" + peer,
                        "--initial-cluster=" + String.join(",", peers),
                        "--initial-cluster-state=new",
                        "--heartbeat-interval=50",
                        "--election-timeout=500",
                        "--log-level=warn",
                        "--logger=zap",
                        "--enable-v2=false"));
    }

    /// SIGKILL of all of them.
    public void killAll() {
        processes.forEach(Launched::kill);
    }

    /// SIGKILL of one.
    ///
    /// @param index from 0.
    public void kill(int index) {
        processes.get(index).kill();
    }

    /// Starts one that has ended, with the data it had.
    ///
    /// @param index from 0.
    public void start(int index) {
        if (processes.get(index).isAlive()) {
            throw new IllegalStateException("etcd " + index + " runs");
        }
        processes.set(index, launch(members.get(index)));
    }

    /// Removes what the members have on disk; none may run.
    public void wipe() {
        for (Member member : members) {
            Launched.run(
                    Launched.As.CALLER,
                    directory,
                    ONE_COMMAND,
                    List.of("rm", "-rf", directory.resolve(member.name).toString()));
        }
    }

    public int size() {
        return members.size();
    }

    /// Which member the others follow.
    ///
    /// @return its index, from 0.
    public int leader() {
        return Await.value("a leader of etcd", UNTIL_HEALTHY, this::lookForLeader);
    }

    private Await.Seen<Integer> lookForLeader() {
        for (int index = 0; index < members.size(); index++) {
            List<String> line =
                    List.of(
                            "/usr/bin/etcdctl",
                            "--endpoints=127.0.0.1:" + members.get(index).clientPort,
                            "--command-timeout=1s",
                            "--write-out=fields",
                            "endpoint",
                            "status");
            try {
                String status = Launched.run(Launched.As.CALLER, directory, ONE_COMMAND, line);
                if (!field(status, "Leader").equals("0")
                        && field(status, "MemberID").equals(field(status, "Leader"))) {
                    return new Await.Seen.Yes<>(index);
                }
            } catch (AssertionError _) {
                // This one is down.
            }
        }
        return new Await.Seen.NotYet<>("none of " + members.size());
    }

    private static String field(String status, String name) {
        for (String line : status.lines().toList()) {
            if (line.startsWith("\"" + name + "\" :")) {
                return line.substring(line.indexOf(':') + 1).strip();
            }
        }
        return "0";
    }

    /// @param index from 0.
    public void signal(int index, Signals signal) {
        processes.get(index).signal(signal);
    }

    /// The endpoints, as in the setting `etcd3.hosts`.
    public List<String> hosts() {
        return hostsFor("");
    }

    /// The endpoints as one node has to name them.
    List<String> hostsFor(String node) {
        if (!node.isEmpty()) {
            return members.stream().map(member -> route.hostFor(node, member.clientPort)).toList();
        }
        return members.stream().map(member -> "127.0.0.1:" + member.clientPort).toList();
    }

    /// Everything under a prefix as etcdctl prints it: key and value on lines of their own.
    public String prefix(String prefix) {
        return output(List.of("get", "--prefix", prefix));
    }

    /// @return empty when the key does not exist.
    public String value(String key) {
        return output(List.of("get", "--print-value-only", key)).strip();
    }

    public void put(String key, String value) {
        output(List.of("put", key, value));
    }

    public void delete(String key) {
        output(List.of("del", key));
    }

    private String output(List<String> command) {
        List<String> line = ctlLine(command);
        return Launched.run(Launched.As.CALLER, directory, ONE_COMMAND, line);
    }

    private Launched ctl(List<String> command) {
        return Launched.start(
                Launched.As.CALLER,
                directory,
                directory.resolve("etcdctl.log"),
                Map.of(),
                ctlLine(command));
    }

    private List<String> ctlLine(List<String> command) {
        List<String> line =
                new ArrayList<>(
                        List.of("/usr/bin/etcdctl", "--endpoints=" + String.join(",", hosts())));
        line.addAll(command);
        return line;
    }
}
