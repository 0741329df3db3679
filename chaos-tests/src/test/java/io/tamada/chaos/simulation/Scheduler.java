package io.tamada.chaos.simulation;

import java.util.Arrays;

/// True time, and what happens when: a queue ordered by time and, within one instant, by the
/// order of asking. There is no other clock and no thread in a run.
final class Scheduler {

    private static final int FIRST_CAPACITY = 256;

    /// A binary heap. The keys stand in arrays of their own, since nothing is done as often as
    /// comparing them.
    private long[] times = new long[FIRST_CAPACITY];

    private long[] sequences = new long[FIRST_CAPACITY];
    private Runnable[] actions = new Runnable[FIRST_CAPACITY];
    private int size;
    private long nowNanos;
    private long sequence;

    long nowNanos() {
        return nowNanos;
    }

    /// How many events have been scheduled: the size of the run.
    long scheduled() {
        return sequence;
    }

    void after(long delayNanos, Runnable action) {
        at(nowNanos + Math.max(0, delayNanos), action);
    }

    void at(long atNanos, Runnable action) {
        if (size == times.length) {
            times = Arrays.copyOf(times, 2 * size);
            sequences = Arrays.copyOf(sequences, 2 * size);
            actions = Arrays.copyOf(actions, 2 * size);
        }
        long time = Math.max(nowNanos, atNanos);
        long number = sequence++;
        int hole = size++;
        while (hole > 0) {
            int parent = (hole - 1) / 2;
            if (!isLater(parent, time, number)) {
                break;
            }
            move(parent, hole);
            hole = parent;
        }
        place(hole, time, number, action);
    }

    /// Runs the next event, unless it lies beyond the given instant; then time only moves there.
    ///
    /// @return whether there was one.
    boolean step(long untilNanos) {
        if (size == 0 || times[0] > untilNanos) {
            nowNanos = Math.max(nowNanos, untilNanos);
            return false;
        }
        nowNanos = times[0];
        Runnable next = actions[0];
        removeFirst();
        next.run();
        return true;
    }

    @SuppressWarnings("NullAway") // The place behind the last one holds nothing.
    private void removeFirst() {
        int last = --size;
        long time = times[last];
        long number = sequences[last];
        Runnable action = actions[last];
        actions[last] = null;
        int hole = 0;
        while (2 * hole + 1 < last) {
            int child = 2 * hole + 1;
            if (child + 1 < last && isLater(child, times[child + 1], sequences[child + 1])) {
                child++;
            }
            if (isLater(child, time, number)) {
                break;
            }
            move(child, hole);
            hole = child;
        }
        if (last > 0) {
            place(hole, time, number, action);
        }
    }

    private boolean isLater(int place, long time, long number) {
        return times[place] > time || (times[place] == time && sequences[place] > number);
    }

    private void move(int from, int to) {
        place(to, times[from], sequences[from], actions[from]);
    }

    private void place(int place, long time, long number, Runnable action) {
        times[place] = time;
        sequences[place] = number;
        actions[place] = action;
    }
}
