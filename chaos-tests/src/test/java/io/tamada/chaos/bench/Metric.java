package io.tamada.chaos.bench;

/// What is measured, in the order in which the table shows it.
///
/// @see Bench
enum Metric {
    BOOTSTRAP("three nodes from nothing to all streaming", "s", Better.LESS, "<= 8"),
    PRIMARY_REQUESTS("`/primary`, 16 connections", "requests/s", Better.MORE, ">= 10 x"),
    MEMORY("memory of the idle leader's agent (PSS)", "MiB", Better.LESS, "<= 110"),
    FIRST_ANSWER("start of an agent to its first REST answer", "s", Better.LESS, "<= 1.5"),
    IN_PLACE("postmaster killed to writable in place", "s", Better.LESS, "<= 1.5"),
    HANDOVER("SIGTERM of the leader to writable elsewhere", "s", Better.LESS, ""),
    FAILOVER("primary's node killed to writable elsewhere", "s", Better.LESS, "");

    enum Better {
        LESS,
        MORE
    }

    private final String sentence;
    private final String unit;
    private final Better better;
    private final String target;

    Metric(String sentence, String unit, Better better, String target) {
        this.sentence = sentence;
        this.unit = unit;
        this.better = better;
        this.target = target;
    }

    String sentence() {
        return sentence;
    }

    String unit() {
        return unit;
    }

    String target() {
        return target;
    }

    /// How many times better `ours` is.
    double ratio(double ours, double theirs) {
        return better == Better.LESS ? theirs / ours : ours / theirs;
    }

    String format(double value) {
        return value >= 100 ? "%.0f".formatted(value) : "%.2f".formatted(value);
    }
}
