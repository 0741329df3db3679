package io.tamada.core.rejoin;

import io.tamada.core.member.RejoinNote;
import io.tamada.core.time.Monotonic;
import io.tamada.core.wal.Timeline;
import org.jspecify.annotations.Nullable;

/// What the loop remembers of this member's way back. Streaming ends it: then all is forgotten.
///
/// @param progress of what is under way; null when nothing is watched.
/// @param lag null while the lag is within the limit.
/// @param stalls how often in a row an operation of this rung was called off because it did not get
///     on.
/// @param hopeless why this directory will never stream; null when it may.
/// @param rewindSpentOn the leader's timeline against which rewinding was given up; or null.
/// @param copies the new copies, one after the other, of which none has streamed yet.
/// @param note what is told to the others; null when all is well.
public record Climb(
        @Nullable Progress progress,
        @Nullable Lag lag,
        int stalls,
        @Nullable String hopeless,
        @Nullable Timeline rewindSpentOn,
        Copies copies,
        @Nullable RejoinNote note) {

    /// How often a new copy may be tried before that is given up: the first may have been a bad
    /// one, or its WAL may have gone before it streamed; what spoils every one is elsewhere.
    public static final int MOST_COPIES = 3;

    /// @param inARow how many.
    /// @param lastAt when the latest of them was there; null when there is none.
    public record Copies(int inARow, @Nullable Monotonic lastAt) {
        public static final Copies NONE = new Copies(0, null);

        public boolean areSpent() {
            return inARow >= MOST_COPIES;
        }
    }

    public static final Climb NONE = new Climb(null, null, 0, null, null, Copies.NONE, null);

    public Climb withProgress(@Nullable Progress next, @Nullable Lag nextLag) {
        return new Climb(next, nextLag, stalls, hopeless, rewindSpentOn, copies, note);
    }

    public Climb withStalls(int count) {
        return new Climb(progress, lag, count, hopeless, rewindSpentOn, copies, note);
    }

    public Climb withHopeless(@Nullable String reason) {
        return new Climb(progress, lag, stalls, reason, rewindSpentOn, copies, note);
    }

    public Climb withRewindSpentOn(@Nullable Timeline timeline) {
        return new Climb(progress, lag, stalls, hopeless, timeline, copies, note);
    }

    public Climb withNote(@Nullable RejoinNote next) {
        return new Climb(progress, lag, stalls, hopeless, rewindSpentOn, copies, next);
    }

    /// A new copy is there: what was wrong with the old directory says nothing about it.
    ///
    /// @param at when it ended; told once more, it is the same copy.
    public Climb afterCopy(Monotonic at) {
        return at.equals(copies.lastAt())
                ? this
                : new Climb(
                        progress, null, 0, null, null, new Copies(copies.inARow() + 1, at), note);
    }

    /// pg_rewind has ended well: the directory holds the leader's data now.
    public Climb afterRewind() {
        return new Climb(progress, lag, 0, null, null, copies, note);
    }

    /// It streams.
    public Climb arrived() {
        return new Climb(progress, lag, 0, null, null, Copies.NONE, note);
    }
}
