package io.tamada.dcs.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.tamada.dcs.EtcdSettings;
import io.tamada.dcs.EtcdSettings.HostPort;
import io.tamada.dcs.kv.EtcdKv.Header;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Two connections of one process meet the same etcd, and say so once.
final class EndpointNewsTest {

    private static final Logger LOG = Logger.getLogger(Endpoints.class.getName());

    private final List<String> lines = new ArrayList<>();
    private final Handler listener =
            new Handler() {
                @Override
                public void publish(LogRecord line) {
                    lines.add(new SimpleFormatter().formatMessage(line));
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };

    private final EventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final EndpointNews news = new EndpointNews();
    private final Connection first = new Connection();
    private final Connection second = new Connection();

    private final class Connection {
        final List<Endpoint> ring = new ArrayList<>();
        final Endpoints endpoints;

        Connection() {
            EtcdSettings settings =
                    EtcdSettings.plain(
                            List.of(new HostPort("etcd-a", 2379), new HostPort("etcd-b", 2379)));
            for (HostPort address : settings.endpoints()) {
                ring.add(new Endpoint(address, new ChannelFactory(settings, loops)));
            }
            endpoints = new Endpoints(ring, news);
        }

        void answers(int index, long cluster, long term) {
            Endpoint endpoint = ring.get(index);
            if (endpoints.judge(endpoint, new Header(cluster, 1, 1, term))
                    == Endpoints.Verdict.CURRENT) {
                endpoints.settleOn(endpoint);
            }
        }

        void isSilent(int index) {
            endpoints.silent(ring.get(index), "no answer");
        }
    }

    @BeforeEach
    void listen() {
        LOG.addHandler(listener);
    }

    @AfterEach
    void end() {
        LOG.removeHandler(listener);
        var _ = loops.shutdownGracefully();
    }

    private List<String> said() {
        List<String> said = List.copyOf(lines);
        lines.clear();
        return said;
    }

    private List<Connection> both() {
        return List.of(Objects.requireNonNull(first), Objects.requireNonNull(second));
    }

    @Test
    void whatBothConnectionsMeetIsSaidOnce() {
        both().forEach(c -> c.answers(0, 7, 3));
        assertThat(said()).isEmpty();
        for (int again = 0; again < 2; again++) {
            both().forEach(c -> c.isSilent(0));
        }
        assertThat(said()).containsExactly("etcd at etcd-a:2379 does not answer: no answer");
        both().forEach(c -> c.answers(1, 7, 4));
        assertThat(said()).containsExactly("etcd is now asked at etcd-b:2379");
        for (int again = 0; again < 2; again++) {
            both().forEach(c -> c.answers(0, 7, 3));
        }
        assertThat(said())
                .containsExactly(
                        "etcd at etcd-a:2379 is left behind in term 3, the cluster is in term 4");
        for (int again = 0; again < 2; again++) {
            both().forEach(c -> c.answers(0, 8, 9));
        }
        assertThat(said())
                .containsExactly("etcd at etcd-a:2379 belongs to another cluster than before");
        both().forEach(c -> c.answers(1, 8, 9));
        assertThat(said())
                .containsExactly("all endpoints of etcd belong to another cluster than before");
    }

    @Test
    void itIsSaidAgainWhenItWasOverForWhoeverMetIt() {
        first.isSilent(1);
        assertThat(said()).hasSize(1);
        second.answers(1, 7, 3);
        said();
        first.isSilent(1);
        assertThat(said()).as("it has not been over for the first one").isEmpty();
        first.answers(1, 7, 3);
        said();
        second.isSilent(1);
        assertThat(said()).hasSize(1);
    }
}
