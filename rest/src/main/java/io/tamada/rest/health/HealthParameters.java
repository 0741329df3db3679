package io.tamada.rest.health;

import java.util.Collections;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a caller may add to a health check.
///
/// @param maximumLagBytes `lag`; empty when absent or not an amount (Patroni ignores it then, and
///     load balancers are configured for that).
/// @param replicationState `replication_state`, such as `streaming`; null when absent.
/// @param tags wanted tag values by tag name, from `tag_NAME=VALUE`.
/// @param lagOf which position `lag` is measured at, from `mode` of `/readiness`.
public record HealthParameters(
        OptionalLong maximumLagBytes,
        @Nullable String replicationState,
        SortedMap<String, String> tags,
        LagOf lagOf) {

    /// Where a standby's lag is measured.
    public enum LagOf {
        REPLAYED,
        RECEIVED
    }

    public static final HealthParameters NONE =
            new HealthParameters(OptionalLong.empty(), null, new TreeMap<>(), LagOf.REPLAYED);

    private static final String TAG_PREFIX = "tag_";

    public HealthParameters {
        tags = Collections.unmodifiableSortedMap(new TreeMap<>(tags));
    }

    /// Reads them from the decoded query parameters; unknown ones are ignored.
    public static HealthParameters of(Map<String, String> query) {
        if (query.isEmpty()) {
            return NONE;
        }
        String lag = query.get("lag");
        SortedMap<String, String> tags = new TreeMap<>();
        query.forEach(
                (key, value) -> {
                    if (key.startsWith(TAG_PREFIX)) {
                        tags.put(key.substring(TAG_PREFIX.length()), value);
                    }
                });
        return new HealthParameters(
                lag == null ? OptionalLong.empty() : ByteCount.parse(lag),
                query.get("replication_state"),
                tags,
                "write".equals(query.get("mode")) ? LagOf.RECEIVED : LagOf.REPLAYED);
    }
}
