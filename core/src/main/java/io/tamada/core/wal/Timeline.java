package io.tamada.core.wal;

/// A timeline: one line of WAL history. Every promotion begins a new one (PostgreSQL manual,
/// "Timelines").
public record Timeline(int id) implements Comparable<Timeline> {

    public static final Timeline FIRST = new Timeline(1);

    public Timeline {
        if (id < 1) {
            throw new IllegalArgumentException("a timeline is 1 or more, not " + id);
        }
    }

    public boolean isBefore(Timeline other) {
        return id < other.id;
    }

    public boolean isAfter(Timeline other) {
        return id > other.id;
    }

    @Override
    public int compareTo(Timeline other) {
        return Integer.compare(id, other.id);
    }

    @Override
    public String toString() {
        return Integer.toString(id);
    }
}
