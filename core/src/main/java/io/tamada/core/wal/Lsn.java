package io.tamada.core.wal;

/// A log sequence number: a byte position in the write-ahead log (PostgreSQL manual, "pg_lsn
/// Type").
///
/// Positions on different timelines may be compared only up to the point where the timelines
/// part.
public record Lsn(long value) implements Comparable<Lsn> {

    public static final Lsn ZERO = new Lsn(0);

    /// Reads PostgreSQL's own notation, such as `16/B374D848`.
    ///
    /// @throws IllegalArgumentException when the text is not a position.
    public static Lsn parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 1 || slash == text.length() - 1) {
            throw new IllegalArgumentException("not a log sequence number: '" + text + "'");
        }
        try {
            long high = Long.parseLong(text, 0, slash, 16);
            long low = Long.parseLong(text, slash + 1, text.length(), 16);
            if (high < 0 || high > 0xFFFF_FFFFL || low < 0 || low > 0xFFFF_FFFFL) {
                throw new IllegalArgumentException("not a log sequence number: '" + text + "'");
            }
            return new Lsn(high << 32 | low);
        } catch (NumberFormatException notHex) {
            throw new IllegalArgumentException("not a log sequence number: '" + text + "'", notHex);
        }
    }

    /// Bytes from `earlier` to this position; negative when `earlier` is ahead.
    public long bytesSince(Lsn earlier) {
        return value - earlier.value;
    }

    public boolean isAfter(Lsn other) {
        return compareTo(other) > 0;
    }

    public boolean isBefore(Lsn other) {
        return compareTo(other) < 0;
    }

    public static Lsn max(Lsn a, Lsn b) {
        return a.isAfter(b) ? a : b;
    }

    @Override
    public int compareTo(Lsn other) {
        return Long.compareUnsigned(value, other.value);
    }

    @Override
    public String toString() {
        return String.format("%X/%X", value >>> 32, value & 0xFFFF_FFFFL);
    }
}
