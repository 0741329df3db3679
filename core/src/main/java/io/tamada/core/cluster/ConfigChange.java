package io.tamada.core.cluster;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One change of the dynamic configuration, as it is kept in the store for people. Nothing is
/// decided by it, and it holds no secrets.
///
/// @param at ISO 8601, by the clock of whoever made or noticed it.
/// @param by who made it, in words; {@link #UNKNOWN} for a change made past this tool.
/// @param how by which door it came.
/// @param settings what changed; empty when only something changed that is not shown.
public record ConfigChange(String at, String by, String how, List<Setting> settings) {

    /// Somebody who did not use this tool, such as patronictl or etcdctl on the key itself.
    public static final String UNKNOWN = "unknown";

    public ConfigChange {
        settings = List.copyOf(settings);
    }

    /// @param path names from the top, with dots between them.
    /// @param from the value before, as JSON, perhaps shortened; null when there was none.
    /// @param to the value after it; null when it was taken away.
    public record Setting(String path, @Nullable String from, @Nullable String to) {}

    /// Who changes it.
    ///
    /// @param by in words: a name, an address.
    /// @param how the door, for example `PATCH /config`.
    /// @param atEpochMillis when, by the wall clock of whoever makes or notices it.
    public record Author(String by, String how, long atEpochMillis) {}
}
