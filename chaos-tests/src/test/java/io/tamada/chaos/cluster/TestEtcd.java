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
    private final List<Member> members = new ArrayList<>();
    private final List<Launched> processes = new ArrayList<>();

    private TestEtcd(Path directory) {
        this.directory = directory;
    }

    /// Returns before it answers; see [#awaitHealthy()].
    public static TestEtcd start(Path directory, int count) {
        TestEtcd etcd = planned(directory, count);
        etcd.startAll();
        return etcd;
    }

    /// With its ports, but not started.
    public static TestEtcd planned(Path directory, int count) {
        TestEtcd etcd = new TestEtcd(directory);
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
                        "--listen-client-urls=" + client,
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

    /// @param index from 0.
    public void signal(int index, Signals signal) {
        processes.get(index).signal(signal);
    }

    /// The endpoints, as in the setting `etcd3.hosts`.
    public List<String> hosts() {
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
