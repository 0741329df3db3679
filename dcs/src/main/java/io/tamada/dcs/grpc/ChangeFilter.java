package io.tamada.dcs.grpc;

import io.tamada.dcs.kv.Bytes;
import org.jspecify.annotations.Nullable;

/// Which changes are worth waking up for. Asked on the thread of the connection: it must be
/// quick.
public interface ChangeFilter {

    /// @param before the value before the change, null when the key did not exist.
    /// @param after the value after it, null when the key was deleted.
    boolean wakes(Bytes key, @Nullable Bytes before, @Nullable Bytes after);
}
