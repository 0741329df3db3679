package io.tamada.core.cluster;

import org.jspecify.annotations.Nullable;

/// The `failover` key: somebody asks for a failover, or for a switchover when `leader` is named.
public record FailoverRequest(
        @Nullable String leader, @Nullable String candidate, @Nullable String scheduledAt) {}
