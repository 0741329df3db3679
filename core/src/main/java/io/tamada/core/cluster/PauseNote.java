package io.tamada.core.cluster;

import org.jspecify.annotations.Nullable;

/// What the operator has left word of when pausing the cluster. Ours; kept under `tamada`, so
/// that a Patroni's `pause` stays what it is.
///
/// @param reason `pause_reason`: why; null where nothing is said.
/// @param until `pause_until`: when the pause ends by itself, in ISO 8601 with a zone; null when
///     somebody has to end it.
public record PauseNote(@Nullable String reason, @Nullable String until) {

    public static final PauseNote NONE = new PauseNote(null, null);

    /// For people; empty when there is nothing to say.
    public String text() {
        String end = until == null ? "" : "until " + until;
        if (reason == null) {
            return end;
        }
        return end.isEmpty() ? reason : end + ": " + reason;
    }
}
