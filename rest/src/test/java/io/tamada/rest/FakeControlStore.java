package io.tamada.rest;

import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.ConfigChange.Author;
import io.tamada.core.port.ClusterStore.WriteOutcome;
import io.tamada.core.port.ControlStore;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A store in memory. What it shows is what the tests hang up, one view after the other.
public final class FakeControlStore implements ControlStore {

    public final List<String> requests = new ArrayList<>();
    public final List<Author> authors = new ArrayList<>();
    public @Nullable StoredConfig config;
    public boolean reachable = true;

    /// What happens when the next write of the configuration arrives: another one came first.
    public boolean overtaken;

    private final Deque<ClusterView> later = new ArrayDeque<>();
    private final Supplier<@Nullable ClusterView> usual;

    public FakeControlStore(Supplier<@Nullable ClusterView> usual) {
        this.usual = usual;
    }

    /// After a request was written, the store shows these, the last one for ever.
    public void thenShows(ClusterView... views) {
        later.addAll(List.of(views));
    }

    @Override
    public synchronized Sight read(Duration timeout) {
        if (!reachable) {
            return new Sight.Unreachable("no answer");
        }
        ClusterView view = requests.isEmpty() || later.isEmpty() ? usual.get() : later.peek();
        if (!requests.isEmpty() && later.size() > 1) {
            later.removeFirst();
        }
        return view == null ? new Sight.Unreachable("no view") : new Sight.Seen(view, config);
    }

    @Override
    public synchronized WriteOutcome request(
            @Nullable String leader,
            @Nullable String candidate,
            @Nullable String scheduledAt,
            Duration timeout) {
        requests.add(leader + " -> " + candidate + (scheduledAt == null ? "" : " " + scheduledAt));
        return new WriteOutcome.Done();
    }

    @Override
    public synchronized WriteOutcome clearRequest(long seenRevision, Duration timeout) {
        requests.add("clear " + seenRevision);
        return overtaken ? new WriteOutcome.Refused("changed") : new WriteOutcome.Done();
    }

    @Override
    public synchronized WriteOutcome replaceConfig(
            String json, long seenRevision, Author author, Duration timeout) {
        if (overtaken || config == null || config.revision() != seenRevision) {
            return new WriteOutcome.Refused("changed");
        }
        authors.add(author);
        config = new StoredConfig(json, seenRevision + 1);
        return new WriteOutcome.Done();
    }

    @Override
    public synchronized WriteOutcome putConfig(String json, Author author, Duration timeout) {
        authors.add(author);
        config = new StoredConfig(json, config == null ? 1 : config.revision() + 1);
        return new WriteOutcome.Done();
    }
}
