package io.tamada.chaos.simulation;

import java.util.SplittableRandom;

/// One-way links between the nodes, and between each node and etcd. A message takes a while, or
/// is lost, or comes very late.
///
/// Places are numbered: the nodes from 0, then etcd.
final class SimNetwork {

    /// What a message that never arrives has for a delay.
    static final long LOST = -1;

    private static final int TAIL_ONE_IN = 50;
    private static final int TAIL_TIMES = 20;

    private final SplittableRandom random;
    private final boolean[][] cut;
    private final long[][] extraNanos;
    private final long baseNanos;
    private final int etcd;

    SimNetwork(int nodes, long baseNanos, SplittableRandom random) {
        this.random = random;
        this.baseNanos = baseNanos;
        this.etcd = nodes;
        this.cut = new boolean[nodes + 1][nodes + 1];
        this.extraNanos = new long[nodes + 1][nodes + 1];
    }

    int etcd() {
        return etcd;
    }

    /// How long the next message takes on this link, or {@link #LOST}.
    long delayNanos(int from, int to) {
        long delay = baseNanos / 2 + random.nextLong(baseNanos) + extraNanos[from][to];
        if (random.nextInt(TAIL_ONE_IN) == 0) {
            delay += random.nextLong(baseNanos * TAIL_TIMES);
        }
        return cut[from][to] ? LOST : delay;
    }

    boolean isOpen(int from, int to) {
        return !cut[from][to];
    }

    boolean isOpenBothWays(int a, int b) {
        return !cut[a][b] && !cut[b][a];
    }

    void cut(int from, int to) {
        cut[from][to] = true;
    }

    void slow(int from, int to, long extra) {
        extraNanos[from][to] = extra;
    }

    void heal(int a, int b) {
        cut[a][b] = false;
        cut[b][a] = false;
        extraNanos[a][b] = 0;
        extraNanos[b][a] = 0;
    }

    void healAll() {
        for (int a = 0; a <= etcd; a++) {
            for (int b = 0; b <= etcd; b++) {
                heal(a, b);
            }
        }
    }
}
