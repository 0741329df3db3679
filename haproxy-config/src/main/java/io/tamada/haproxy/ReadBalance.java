package io.tamada.haproxy;

/// How read-only connections are spread over the standbys.
public enum ReadBalance {
    /// Each standby in turn. Right for short sessions of one kind.
    ROUND_ROBIN("roundrobin"),
    /// The standby with the fewest connections. Right for sessions that stay, as those of pools
    /// do: a standby that comes back is filled first.
    LEAST_CONNECTIONS("leastconn");

    private final String algorithm;

    ReadBalance(String algorithm) {
        this.algorithm = algorithm;
    }

    /// HAProxy's word for it, after `balance`.
    String algorithm() {
        return algorithm;
    }
}
