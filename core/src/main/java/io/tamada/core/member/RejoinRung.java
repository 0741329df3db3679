package io.tamada.core.member;

/// The rungs of the way back, in the order in which they are climbed.
public enum RejoinRung {
    /// Starting as a standby, and streaming from the upstream.
    STREAM,
    /// Replaying from the archive what the upstream has no longer, which PostgreSQL does by itself.
    RESTORE,
    /// pg_rewind against the leader.
    REWIND,
    /// A new copy.
    RECLONE,
    /// Nothing more is tried by itself, or only now and then: the reason says what to type.
    STOPPED;

    public String word() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
