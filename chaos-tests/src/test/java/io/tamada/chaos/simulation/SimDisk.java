package io.tamada.chaos.simulation;

/// What an instance's file system is like just now.
enum SimDisk {
    FINE,

    /// No room: the server panics at its next write, and none can be started or copied.
    FULL,

    /// Writes do not return. Nothing is flushed or acknowledged, and no process that writes can
    /// be killed before they do.
    HANGING
}
