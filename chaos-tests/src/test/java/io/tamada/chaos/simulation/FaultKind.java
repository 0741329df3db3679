package io.tamada.chaos.simulation;

/// What the simulator does to a cluster on purpose.
enum FaultKind {
    AGENT_CRASH,
    AGENT_PAUSE,
    AGENT_SHUTDOWN,
    GUARD_CRASH,
    GUARD_BROKEN,
    SERVER_CRASH,
    SERVER_STOPPED,
    SERVER_SLOW,
    DISK_FULL,
    DISK_HANGS,
    NODE_CRASH,
    NODE_PAUSE,
    CUT_FROM_ALL,
    CUT_FROM_ETCD,
    REQUESTS_TO_ETCD_LOST,
    ANSWERS_OF_ETCD_LOST,
    CUT_FROM_PEERS,
    CUT_ONE_WAY,
    WATCH_LOST,
    WALL_CLOCK_STEP,
    PAUSED_AND_RESUMED,
    TTL_CHANGED,
    TIMELINE_CHECK_TOGGLED,
    ANOTHER_LEADER_ASKED,
    ETCD_LEADER_CHANGE,
    ETCD_LEADER_DEPOSED,
    ETCD_DOWN,
    ETCD_SLOW,
    /// The mode, its strictness or the number of standbys, where synchronous mode is on.
    SYNC_SETTINGS_CHANGED,
    /// All that etcd holds is gone at once.
    ETCD_WIPED,
    /// etcd is restored from a snapshot that is a few ttl old.
    ETCD_RESTORED,
    /// Keys of the cluster that somebody deletes by hand.
    LEADER_KEY_DELETED,
    SYNC_KEY_DELETED,
    STATUS_KEY_DELETED,
    MEMBER_KEY_DELETED,
    CONFIG_KEY_DELETED,
    HISTORY_KEY_DELETED,
    INITIALIZE_KEY_DELETED,
    /// Another leader is asked for, and the request withdrawn a moment later.
    REQUEST_WITHDRAWN,
    /// The tags of a member are edited.
    TAGS_CHANGED,
    /// A start, a stop, a promotion, a rewind, a copy or a checkpoint takes minutes, or for ever.
    OPERATION_HANGS,
    /// Another leader is asked for at a time to come.
    SWITCHOVER_SCHEDULED,
    RESTART_ORDERED,
    REINITIALIZE_ORDERED,
    /// The archive takes no WAL and gives none.
    ARCHIVE_BROKEN
}
