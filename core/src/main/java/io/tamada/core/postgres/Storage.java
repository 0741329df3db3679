package io.tamada.core.postgres;

import io.tamada.core.time.Monotonic;
import org.jspecify.annotations.Nullable;

/// What the instance's own storage said when it was last written to: a small file in the data
/// directory, and one where the WAL is if that is another file system, each flushed to disk.
///
/// The server's answers prove nothing about its disk: a backend that serves from memory, or a WAL
/// sender, lives on without one for a long time.
///
/// @param data room in the data directory's file system; null when it is not known.
/// @param wal room where the WAL is, if that is another file system; null otherwise.
public record Storage(Verdict verdict, @Nullable Space data, @Nullable Space wal) {

    /// Nothing was tried yet, or there is no instance to try it on.
    public static final Storage UNPROBED = new Storage(new Unprobed(), null, null);

    /// A server that starts or is promoted needs a new WAL segment; this is their usual size.
    private static final long WAL_SEGMENT_BYTES = 16L << 20;

    public sealed interface Verdict {}

    public record Unprobed() implements Verdict {}

    /// @param provenAt when the last write was begun that has ended well.
    public record Good(Monotonic provenAt) implements Verdict {}

    /// The storage has refused a write: full, read-only, broken.
    ///
    /// @param since when the first of these writes was begun.
    public record Failing(String reason, Monotonic since) implements Verdict {}

    /// A write was begun and has not returned.
    ///
    /// @param since when it was begun, or the failing one before it.
    public record Late(Monotonic since) implements Verdict {}

    /// In bytes, as the file system gives them to the server's user.
    public record Space(long freeBytes, long totalBytes) {}

    /// What is wrong, in words that do not change while it lasts; null when nothing is known to be.
    public @Nullable String trouble() {
        return switch (verdict) {
            case Failing(String reason, _) -> "its storage refuses writes: " + reason;
            case Late _ -> "its storage hangs: a write has not returned";
            case Unprobed _, Good _ -> null;
        };
    }

    /// Why no server becomes a primary here, trouble or too little room for a WAL segment; null
    /// when nothing speaks against it. A primary that runs already may do well in little room,
    /// because it uses old segments again.
    public @Nullable String whyNoPrimary() {
        String trouble = trouble();
        if (trouble != null) {
            return trouble;
        }
        Space room = wal == null ? data : wal;
        return room != null && room.freeBytes() < WAL_SEGMENT_BYTES
                ? "its storage is full: there is no room for a WAL segment"
                : null;
    }

    /// Since when; null when nothing is known to be wrong.
    public @Nullable Monotonic troubledSince() {
        return switch (verdict) {
            case Failing(_, Monotonic since) -> since;
            case Late(Monotonic since) -> since;
            case Unprobed _, Good _ -> null;
        };
    }

    public boolean refusesWrites() {
        return verdict instanceof Failing;
    }
}
