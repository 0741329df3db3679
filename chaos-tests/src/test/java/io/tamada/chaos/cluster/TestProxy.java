package io.tamada.chaos.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// HAProxy with the configuration that `./tamada haproxy-config` prints.
public final class TestProxy {

    private final Launched process;
    private final int writePort;

    private TestProxy(Launched process, int writePort) {
        this.process = process;
        this.writePort = writePort;
    }

    static TestProxy start(Path directory, List<TestNode> nodes) {
        int writePort = Ports.free();
        Path config = directory.resolve("haproxy.cfg");
        try {
            Files.writeString(config, render(directory, nodes, writePort));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Launched process =
                Launched.start(
                        Launched.As.POSTGRES,
                        directory,
                        directory.resolve("haproxy.log"),
                        Map.of(),
                        List.of("/usr/sbin/haproxy", "-db", "-f", config.toString()));
        return new TestProxy(process, writePort);
    }

    private static String render(Path directory, List<TestNode> nodes, int writePort) {
        StringBuilder text =
                new StringBuilder(
                        """
                        global
                            maxconn 100
                        defaults
                            mode tcp
                            timeout connect 1s
                            timeout client 1h
                            timeout server 1h
                            timeout check 500ms
                        listen primary
                            bind 127.0.0.1:%d
                            option httpchk OPTIONS /primary
                            http-check expect status 200
                            default-server inter 500 fastinter 250 fall 2 rise 1 on-marked-down shutdown-sessions
                        """
                                .formatted(writePort));
        for (TestNode node : nodes) {
            text.append(
                    "    server %s 127.0.0.1:%d check port %d%n"
                            .formatted(node.name(), node.postgresPort(), node.restPort()));
        }
        return text.toString();
    }

    public int writePort() {
        return writePort;
    }

    void kill() {
        process.kill();
    }
}
