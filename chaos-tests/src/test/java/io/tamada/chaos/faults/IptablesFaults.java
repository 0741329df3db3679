package io.tamada.chaos.faults;

import io.tamada.chaos.cluster.Launched;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;

/// Packet filters on the loopback device. Each node reaches etcd by a loopback address of its own,
/// so that a packet tells whose it is, and by being the destination's or the source's which way it
/// goes. Packets are dropped where they come in: dropped on their way out the sender would know.
final class IptablesFaults implements NetworkFaults {

    private static final Duration ONE_COMMAND = Duration.ofSeconds(10);
    private static final int MOST_NODES = 8;

    /// 127.77.subnet.node; several runs on one machine do not meet.
    private final int subnet = ThreadLocalRandom.current().nextInt(1, 255);

    private final Map<String, String> addresses = new LinkedHashMap<>();
    private final SequencedSet<Integer> ports = new TreeSet<>();
    private final List<List<String>> rules = new ArrayList<>();
    private final List<PacketDelay> delays = new ArrayList<>();
    private final Thread atExit = new Thread(this::heal, "network-heal");

    private IptablesFaults() {
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /// @param reasons gets a line if it cannot be had.
    static Optional<NetworkFaults> find(List<String> reasons) {
        if (!Files.isExecutable(Path.of("/usr/sbin/iptables"))) {
            reasons.add("iptables: not installed (/usr/sbin/iptables)");
            return Optional.empty();
        }
        IptablesFaults faults = new IptablesFaults();
        try {
            // Whether the kernel and our rights allow it shows only when it is done.
            faults.drop("--source", faults.address(MOST_NODES), "--source-port", 1);
            faults.heal();
        } catch (AssertionError e) {
            faults.close();
            reasons.add("iptables: " + e.getMessage());
            return Optional.empty();
        }
        return Optional.of(faults);
    }

    @Override
    public String describe() {
        return "iptables";
    }

    @Override
    public List<String> listenOn() {
        List<String> all = new ArrayList<>();
        for (int number = 1; number <= MOST_NODES; number++) {
            all.add(address(number));
        }
        return all;
    }

    @Override
    public synchronized String hostFor(String node, int clientPort) {
        ports.add(clientPort);
        String address = addresses.computeIfAbsent(node, _ -> address(addresses.size() + 1));
        return address + ":" + clientPort;
    }

    private String address(int number) {
        if (number > MOST_NODES) {
            throw new IllegalStateException("more than " + MOST_NODES + " nodes");
        }
        return "127.77." + subnet + "." + number;
    }

    @Override
    public synchronized void cut(String node, Direction direction) {
        String address = ofNode(node);
        for (int port : ports) {
            if (direction != Direction.FROM_ETCD) {
                drop("--destination", address, "--destination-port", port);
            }
            if (direction != Direction.TO_ETCD) {
                drop("--source", address, "--source-port", port);
            }
        }
    }

    @Override
    public synchronized void delay(String node, Duration oneWay) {
        String address = ofNode(node);
        PacketDelay delay = PacketDelay.begin(oneWay);
        delays.add(delay);
        for (int port : ports) {
            insert(rule("--destination", address, "--destination-port", port, delay.target()));
            insert(rule("--source", address, "--source-port", port, delay.target()));
        }
    }

    private String ofNode(String node) {
        String address = addresses.get(node);
        if (address == null) {
            throw new IllegalArgumentException(node + " has not asked for its way to etcd");
        }
        return address;
    }

    private void drop(String which, String address, String whichPort, int port) {
        insert(rule(which, address, whichPort, port, List.of("-j", "DROP")));
    }

    private static List<String> rule(
            String which, String address, String whichPort, int port, List<String> target) {
        List<String> rule =
                new ArrayList<>(
                        List.of(
                                "INPUT",
                                "-i",
                                "lo",
                                "-p",
                                "tcp",
                                which,
                                address,
                                whichPort,
                                Integer.toString(port)));
        rule.addAll(target);
        return rule;
    }

    private void insert(List<String> rule) {
        iptables("-I", rule);
        rules.add(rule);
    }

    @Override
    public synchronized void heal() {
        rules.forEach(rule -> iptables("-D", rule));
        rules.clear();
        delays.forEach(PacketDelay::close);
        delays.clear();
    }

    private static void iptables(String command, List<String> rule) {
        List<String> line = new ArrayList<>(List.of("/usr/sbin/iptables", "-w", "5", command));
        line.addAll(rule);
        var _ = Launched.run(Launched.As.CALLER, Path.of("/"), ONE_COMMAND, line);
    }

    @Override
    public void close() {
        heal();
        Runtime.getRuntime().removeShutdownHook(atExit);
    }
}
