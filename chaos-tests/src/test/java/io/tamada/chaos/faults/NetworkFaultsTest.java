package io.tamada.chaos.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tamada.chaos.cluster.Ports;
import io.tamada.chaos.faults.NetworkFaults.Direction;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What the rows rely on, for whichever way of disturbing the network this machine has: a fault
/// that does nothing would make every row pass.
class NetworkFaultsTest {

    private static final int SILENCE_MILLIS = 800;

    private NetworkFaults faults;
    private ServerSocket server;

    @BeforeEach
    void listen() throws IOException {
        NetworkFaults.Found found = NetworkFaults.find();
        found.reasons().forEach(System.out::println);
        Assumptions.assumeTrue(
                found.faults().isPresent(), "no network faults here: " + found.reasons());
        faults = found.faults().orElseThrow();
        server = new ServerSocket();
        server.bind(new InetSocketAddress("0.0.0.0", Ports.free()));
        server.setSoTimeout(SILENCE_MILLIS);
    }

    @AfterEach
    void end() throws IOException {
        if (faults != null) {
            faults.close();
            server.close();
        }
    }

    private record Pair(Socket node, Socket etcd) implements AutoCloseable {

        void toEtcd() throws IOException {
            pass(node, etcd);
        }

        void fromEtcd() throws IOException {
            pass(etcd, node);
        }

        private static void pass(Socket from, Socket to) throws IOException {
            from.getOutputStream().write(1);
            assertThat(to.getInputStream().read()).isEqualTo(1);
        }

        @Override
        public void close() throws IOException {
            node.close();
            etcd.close();
        }
    }

    private Pair connect(String node) throws IOException {
        String[] host = faults.hostFor(node, server.getLocalPort()).split(":", -1);
        Socket client = new Socket();
        client.connect(
                new InetSocketAddress(host[0], Integer.parseInt(host[1])), SILENCE_MILLIS * 5);
        Socket accepted = server.accept();
        client.setSoTimeout(SILENCE_MILLIS);
        accepted.setSoTimeout(SILENCE_MILLIS);
        return new Pair(client, accepted);
    }

    @Test
    void whatGoesToEtcdIsLostAndWhatComesFromItArrives() throws IOException {
        try (Pair cut = connect("one");
                Pair other = connect("two")) {
            faults.cut("one", Direction.TO_ETCD);
            cut.fromEtcd();
            assertThatThrownBy(cut::toEtcd).isInstanceOf(SocketTimeoutException.class);
            other.toEtcd();
            other.fromEtcd();
        }
    }

    @Test
    void whatComesFromEtcdIsLostAndWhatGoesToItArrives() throws IOException {
        try (Pair cut = connect("one");
                Pair other = connect("two")) {
            faults.cut("one", Direction.FROM_ETCD);
            cut.toEtcd();
            assertThatThrownBy(cut::fromEtcd).isInstanceOf(SocketTimeoutException.class);
            other.toEtcd();
            other.fromEtcd();
        }
    }

    @Test
    void nothingPassesEitherWayUntilItHeals() throws IOException {
        try (Pair cut = connect("one")) {
            faults.cut("one", Direction.BOTH);
            assertThatThrownBy(cut::toEtcd).isInstanceOf(SocketTimeoutException.class);
            assertThatThrownBy(cut::fromEtcd).isInstanceOf(SocketTimeoutException.class);
            faults.heal();
        }
        try (Pair healed = connect("one")) {
            healed.toEtcd();
            healed.fromEtcd();
        }
    }

    @Test
    void aDelayHoldsWhatPassesAndLosesNothing() throws IOException {
        try (Pair slow = connect("one")) {
            Duration oneWay = Duration.ofMillis(SILENCE_MILLIS / 2);
            faults.delay("one", oneWay);
            long sent = System.nanoTime();
            slow.toEtcd();
            slow.fromEtcd();
            // Who holds the packets counts whole milliseconds.
            assertThat(Duration.ofNanos(System.nanoTime() - sent))
                    .isGreaterThanOrEqualTo(oneWay.multipliedBy(2).minusMillis(2));
            faults.heal();
            long after = System.nanoTime();
            slow.toEtcd();
            assertThat(Duration.ofNanos(System.nanoTime() - after)).isLessThan(oneWay);
        }
    }
}
