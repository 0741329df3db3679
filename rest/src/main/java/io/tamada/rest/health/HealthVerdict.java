package io.tamada.rest.health;

/// What a health check found. All but {@link #HEALTHY} answer 503, and the sentence says why.
public enum HealthVerdict {
    HEALTHY("healthy"),
    STARTING("the agent has not finished its first round yet"),
    NOT_LEADER("this member does not hold the leader key, or its lease has run out"),
    STANDBY_CLUSTER("this is a standby cluster; it has no primary of its own"),
    NO_STANDBY_CLUSTER("this is not a standby cluster"),
    NO_RECENT_ANSWER("PostgreSQL is not running, or has not answered for two seconds"),
    IN_RECOVERY("PostgreSQL is in recovery"),
    GATE_SHUT("clients are kept out until what the server recovered is safe"),
    NOT_IN_RECOVERY("PostgreSQL is not in recovery"),
    NO_LOAD_BALANCE("the member has the tag noloadbalance"),
    LAGGING("the replay lag is above the limit"),
    REPLICATION_STATE_DIFFERS("the replication state is another one"),
    NOT_STREAMING("the standby does not stream"),
    TAG_DIFFERS("a tag that was asked for is absent or has another value"),
    NO_CLUSTER_VIEW("the store has not answered yet"),
    STORAGE_FAILS("the storage refuses writes or has hung for storage_timeout"),
    NOT_SYNC("not a synchronous standby"),
    NOT_QUORUM("not a quorum standby"),
    NOT_ASYNC("a synchronous or quorum standby"),
    LOOP_LATE("the agent's loop has not ended a round for too long");

    private final String sentence;

    HealthVerdict(String sentence) {
        this.sentence = sentence;
    }

    public String sentence() {
        return sentence;
    }

    public boolean isHealthy() {
        return this == HEALTHY;
    }

    /// The HTTP status that carries this verdict.
    public int httpStatus() {
        return isHealthy() ? 200 : 503;
    }
}
