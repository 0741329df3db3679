package io.tamada.chaos.cluster;

import io.tamada.haproxy.HaproxyConfig;
import io.tamada.haproxy.ProxyMember;
import io.tamada.haproxy.ProxySettings;
import io.tamada.haproxy.ProxySlots;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// HAProxy with the configuration that `./tamada haproxy-config` renders.
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
        List<ProxyMember> members = new ArrayList<>();
        for (TestNode node : nodes) {
            members.add(
                    new ProxyMember(
                            node.name(), "127.0.0.1", node.postgresPort(), node.restPort()));
        }
        ProxySettings settings =
                ProxySettings.defaults()
                        .withListen(
                                new ProxySettings.Listen(
                                        "127.0.0.1", writePort, Ports.free(), Ports.free()))
                        .withRuntimeSocket(directory.resolve("haproxy.sock"));
        return HaproxyConfig.render(settings, ProxySlots.of(members, members.size()));
    }

    public int writePort() {
        return writePort;
    }

    void kill() {
        process.kill();
    }
}
