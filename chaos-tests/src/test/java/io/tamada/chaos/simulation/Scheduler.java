package io.tamada.chaos.simulation;

import java.util.PriorityQueue;

/// True time, and what happens when: a queue ordered by time and, within one instant, by the
/// order of asking. There is no other clock and no thread in a run.
final class Scheduler {

    private record Event(long atNanos, long sequence, Runnable action)
            implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atNanos, other.atNanos);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }

    private final PriorityQueue<Event> queue = new PriorityQueue<>();
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
        queue.add(new Event(Math.max(nowNanos, atNanos), sequence++, action));
    }

    /// Runs the next event, unless it lies beyond the given instant; then time only moves there.
    ///
    /// @return whether there was one.
    boolean step(long untilNanos) {
        Event next = queue.peek();
        if (next == null || next.atNanos > untilNanos) {
            nowNanos = Math.max(nowNanos, untilNanos);
            return false;
        }
        queue.poll();
        nowNanos = next.atNanos;
        next.action.run();
        return true;
    }
}
