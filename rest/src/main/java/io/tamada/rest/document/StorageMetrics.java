package io.tamada.rest.document;

import io.tamada.core.postgres.Storage;
import io.tamada.core.postgres.Storage.Space;
import org.jspecify.annotations.Nullable;

/// What the metrics say of the instance's storage.
final class StorageMetrics {

    private static final String FREE = "tamada_disk_free_bytes";

    private StorageMetrics() {}

    static void write(Metrics metrics, Storage storage) {
        if (storage.equals(Storage.UNPROBED)) {
            return;
        }
        metrics.gauge(
                        "tamada_storage_takes_writes",
                        "1 if the last write to the storage ended well, 0 if it failed or hangs.")
                .sample(
                        "tamada_storage_takes_writes",
                        storage.verdict() instanceof Storage.Good ? "1" : "0");
        if (storage.data() != null || storage.wal() != null) {
            metrics.gauge(FREE, "Room that is left for the data, and for the WAL if elsewhere.");
            free(metrics, "data", storage.data());
            free(metrics, "wal", storage.wal());
        }
    }

    private static void free(Metrics metrics, String what, @Nullable Space space) {
        if (space != null) {
            metrics.sample(
                    FREE, Metrics.label("filesystem", what), Long.toString(space.freeBytes()));
        }
    }
}
