package io.tamada.core.member;

/// The role that a member publishes for itself. The texts of the wire belong to the codec.
public enum MemberRole {
    PRIMARY,
    REPLICA,
    STANDBY_LEADER,
    DEMOTED,
    PROMOTED,
    UNINITIALIZED;

    /// Whether others may take their data from it, when it leads.
    public boolean isLeading() {
        return this == PRIMARY || this == STANDBY_LEADER;
    }
}
