package io.tamada.core.loop;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Where the loop hangs its latest snapshot; null until the first tick has ended. Safe for many
/// readers.
public final class SnapshotBoard {

    private final AtomicReference<@Nullable Snapshot> latest = new AtomicReference<>();

    private final Consumer<Snapshot> reader;

    /// @param reader is handed each one, by the loop's thread.
    public SnapshotBoard(Consumer<Snapshot> reader) {
        this.reader = reader;
    }

    public SnapshotBoard() {
        this(_ -> {});
    }

    public void publish(Snapshot snapshot) {
        latest.set(snapshot);
        reader.accept(snapshot);
    }

    public @Nullable Snapshot latest() {
        return latest.get();
    }
}
