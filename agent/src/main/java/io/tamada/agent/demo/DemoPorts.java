package io.tamada.agent.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;

/// The ports of a demo, all on loopback, chosen so that nobody else has them.
///
/// @param rest one for each node
/// @param postgres one for each node
/// @param notices one sentence for each port that had to move
record DemoPorts(
        int write,
        int read,
        int statistics,
        int etcdClient,
        int etcdPeer,
        List<Integer> rest,
        List<Integer> postgres,
        List<String> notices) {

    private static final int FIRST_REST = 8008;
    private static final int FIRST_POSTGRES = 5442;
    private static final int HIGHEST = 65_535;

    DemoPorts {
        rest = List.copyOf(rest);
        postgres = List.copyOf(postgres);
        notices = List.copyOf(notices);
    }

    static DemoPorts choose(int nodes) throws DemoFailure {
        return choose(nodes, DemoPorts::isFree);
    }

    static DemoPorts choose(int nodes, IntPredicate free) throws DemoFailure {
        var choice = new Choice(free, nodes);
        int write = choice.of("read-write", 5432);
        int read = choice.of("read-only", 5433);
        int statistics = choice.of("statistics", 8404);
        int client = choice.of("etcd", 2379);
        int peer = choice.of("etcd peer", 2380);
        var rest = new ArrayList<Integer>();
        var postgres = new ArrayList<Integer>();
        for (int node = 0; node < nodes; node++) {
            rest.add(choice.of("REST of node" + (node + 1), FIRST_REST + node));
            postgres.add(choice.of("PostgreSQL of node" + (node + 1), FIRST_POSTGRES + node));
        }
        return new DemoPorts(write, read, statistics, client, peer, rest, postgres, choice.notices);
    }

    private static final class Choice {
        private final IntPredicate free;
        private final Set<Integer> wanted = new HashSet<>(Set.of(5432, 5433, 8404, 2379, 2380));
        private final Set<Integer> taken = new HashSet<>();
        private final List<String> notices = new ArrayList<>();

        Choice(IntPredicate free, int nodes) {
            this.free = free;
            for (int node = 0; node < nodes; node++) {
                wanted.add(FIRST_REST + node);
                wanted.add(FIRST_POSTGRES + node);
            }
        }

        /// The port itself, or the next free one that nothing else of the demo would like to
        /// have.
        int of(String what, int port) throws DemoFailure {
            int chosen = port;
            while (taken.contains(chosen)
                    || (chosen != port && wanted.contains(chosen))
                    || !free.test(chosen)) {
                chosen++;
                if (chosen > HIGHEST) {
                    throw new DemoFailure("no free port for " + what + " from " + port + " on");
                }
            }
            taken.add(chosen);
            if (chosen != port) {
                notices.add("port %d is in use: %s is on %d instead".formatted(port, what, chosen));
            }
            return chosen;
        }
    }

    private static boolean isFree(int port) {
        try (var socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException _) {
            return false;
        }
    }
}
