package io.tamada.core.member;

/// The state of its PostgreSQL that a member publishes. The texts of the wire belong to the
/// codec.
public enum MemberState {
    INITIALIZING,
    INITDB_FAILED,
    CUSTOM_BOOTSTRAP,
    CUSTOM_BOOTSTRAP_FAILED,
    CREATING_REPLICA,
    RUNNING,
    STARTING,
    STARTING_AFTER_CUSTOM_BOOTSTRAP,
    START_FAILED,
    RESTARTING,
    RESTART_FAILED,
    STOPPING,
    STOPPED,
    STOP_FAILED,
    CRASHED
}
