package io.tamada.core.member;

/// The role that a member publishes for itself. The texts of the wire belong to the codec.
public enum MemberRole {
    PRIMARY,
    REPLICA,
    STANDBY_LEADER,
    DEMOTED,
    PROMOTED,
    UNINITIALIZED
}
