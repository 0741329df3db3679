package io.tamada.rest;

import io.tamada.core.cluster.LeaderTerm;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Facts of the process that documents and metrics tell. The suppliers are called on every
/// request, so they must be as cheap as reading a field.
///
/// @param dcsLastSeenEpochSeconds when the store last answered, in seconds since 1970; zero when
///     it never did.
/// @param logQueueSize records that wait to be written to the log.
/// @param logRecordsLost records that were dropped because that queue was full.
/// @param events so many of the newest events of this node, each a JSON object, newest last.
public record AgentFacts(
        LongSupplier dcsLastSeenEpochSeconds,
        LongSupplier logQueueSize,
        LongSupplier logRecordsLost,
        IntFunction<List<String>> events,
        Why why) {

    /// What explains the present.
    ///
    /// @param clock the wall clock.
    /// @param ruleSince since when the rule in force is; null before the first turn.
    /// @param terms who has led, the newest last.
    public record Why(
            InstantSource clock,
            Supplier<@Nullable Instant> ruleSince,
            Supplier<List<LeaderTerm>> terms) {}
}
