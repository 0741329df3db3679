package io.tamada.core.cluster;

/// The `initialize` key: whether this cluster exists yet.
public sealed interface Initialization {

    /// No key: nobody has begun.
    record Absent() implements Initialization {}

    /// Somebody is creating the first instance. `createRevision` tells whose claim it is.
    record InProgress(long createRevision) implements Initialization {}

    /// The cluster exists; only instances with this identifier belong to it.
    record Done(SystemIdentifier system) implements Initialization {}
}
