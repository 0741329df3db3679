package io.tamada.agent.run;

import io.tamada.core.cluster.ConfigChange.Author;
import io.tamada.core.port.ClusterStore.WriteOutcome;
import io.tamada.core.port.ControlStore;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The store for the API, which answers before there is a connection to it.
public final class LateControlStore implements ControlStore {

    private static final String NOT_YET = "the agent is not connected to the store yet";

    private final AtomicReference<@Nullable ControlStore> store = new AtomicReference<>();

    public void connect(ControlStore connected) {
        store.set(connected);
    }

    @Override
    public Sight read(Duration timeout) {
        ControlStore connected = store.get();
        return connected == null ? new Sight.Unreachable(NOT_YET) : connected.read(timeout);
    }

    @Override
    public WriteOutcome request(
            @Nullable String leader,
            @Nullable String candidate,
            @Nullable String scheduledAt,
            Duration timeout) {
        return write(s -> s.request(leader, candidate, scheduledAt, timeout));
    }

    @Override
    public WriteOutcome clearRequest(long seenRevision, Duration timeout) {
        return write(s -> s.clearRequest(seenRevision, timeout));
    }

    @Override
    public WriteOutcome replaceConfig(
            String json, long seenRevision, Author author, Duration timeout) {
        return write(s -> s.replaceConfig(json, seenRevision, author, timeout));
    }

    @Override
    public WriteOutcome putConfig(String json, Author author, Duration timeout) {
        return write(s -> s.putConfig(json, author, timeout));
    }

    private WriteOutcome write(Function<ControlStore, WriteOutcome> call) {
        ControlStore connected = store.get();
        return connected == null ? new WriteOutcome.Unknown(NOT_YET) : call.apply(connected);
    }
}
