package io.tamada.rest;

import java.util.List;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;

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
        IntFunction<List<String>> events) {}
