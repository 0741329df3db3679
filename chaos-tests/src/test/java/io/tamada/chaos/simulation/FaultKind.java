package io.tamada.chaos.simulation;

/// What the simulator does to a cluster on purpose.
enum FaultKind {
    AGENT_CRASH,
    AGENT_PAUSE,
    AGENT_SHUTDOWN,
    GUARD_CRASH,
    GUARD_BROKEN,
    SERVER_CRASH,
    NODE_CRASH,
    NODE_PAUSE,
    CUT_FROM_ALL,
    CUT_FROM_ETCD,
    REQUESTS_TO_ETCD_LOST,
    ANSWERS_OF_ETCD_LOST,
    CUT_FROM_PEERS,
    ETCD_LEADER_CHANGE,
    ETCD_LEADER_DEPOSED,
    ETCD_DOWN,
    ETCD_SLOW
}
