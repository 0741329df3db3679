package io.tamada.core.loop;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Where the loop hangs its latest snapshot; null until the first tick has ended. Safe for many
/// readers.
public final class SnapshotBoard {

    private final AtomicReference<@Nullable Snapshot> latest = new AtomicReference<>();

    public void publish(Snapshot snapshot) {
        latest.set(snapshot);
    }

    public @Nullable Snapshot latest() {
        return latest.get();
    }
}
