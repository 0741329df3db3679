package io.tamada.agent.demo;

import io.tamada.agent.haproxy.ClusterDocument;
import io.tamada.agent.haproxy.ClusterSource;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Asks the nodes in turn for `GET /cluster` and keeps the last answer, on a thread of its own so
/// that a node that does not answer delays no key and no redraw.
final class ClusterPoll implements AutoCloseable {

    private static final Duration PERIOD = Duration.ofMillis(300);
    private static final Duration TIMEOUT = Duration.ofMillis(1_500);

    private final List<URI> nodes;
    private final ClusterSource source;
    private final AtomicReference<@Nullable ClusterDocument> last = new AtomicReference<>();
    private final Thread thread;
    private volatile boolean closed;

    private ClusterPoll(List<URI> nodes, ClusterSource source) {
        this.nodes = nodes;
        this.source = source;
        this.thread = Thread.ofPlatform().name("cluster-poll").daemon(true).unstarted(this::run);
    }

    static ClusterPoll start(List<Integer> restPorts) throws DemoFailure {
        List<URI> nodes =
                restPorts.stream().map(port -> URI.create("http://127.0.0.1:" + port)).toList();
        try {
            var poll = new ClusterPoll(nodes, ClusterSource.trusting(null, TIMEOUT));
            poll.thread.start();
            return poll;
        } catch (IOException impossible) {
            throw new DemoFailure("cannot ask the nodes: " + impossible.getMessage(), impossible);
        }
    }

    /// The latest answer of any node; null before the first, and while nobody answers.
    @Nullable ClusterDocument last() {
        return last.get();
    }

    private void run() {
        while (!closed) {
            last.set(ask());
            try {
                Thread.sleep(PERIOD);
            } catch (InterruptedException _) {
                return;
            }
        }
    }

    /// Prefers an answer that knows a leader: a node that has lost touch may still answer.
    private @Nullable ClusterDocument ask() {
        ClusterDocument leaderless = null;
        for (URI node : nodes) {
            try {
                ClusterDocument answer = source.read(node);
                if (answer.members().stream().anyMatch(ClusterDocument.Member::leads)) {
                    return answer;
                }
                leaderless = answer;
            } catch (IOException _) {
                // The next one may answer; that nobody does is what the table then shows.
            }
        }
        return leaderless;
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        source.close();
    }
}
