package io.tamada.core.failover;

import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberTags;
import io.tamada.core.wal.Lsn;
import io.tamada.core.wal.Timeline;
import org.jspecify.annotations.Nullable;

/// What a peer said of itself when it was asked in a race.
public sealed interface PeerReport {

    MemberName name();

    /// It answered with a usable status.
    ///
    /// @param position how far its data reach; at least so far while it replays its own WAL.
    /// @param replaysOwn whether it still replays WAL that it had when it started, so that nobody
    ///     knows how far its data reach.
    record Answered(
            MemberName name,
            boolean runsAsPrimary,
            @Nullable Timeline timeline,
            Lsn position,
            MemberTags tags,
            boolean watchdogFailed,
            boolean replaysOwn)
            implements PeerReport {

        /// Of a member that knows how far its data reach.
        public Answered(
                MemberName name,
                boolean runsAsPrimary,
                @Nullable Timeline timeline,
                Lsn position,
                MemberTags tags,
                boolean watchdogFailed) {
            this(name, runsAsPrimary, timeline, position, tags, watchdogFailed, false);
        }
    }

    /// It answered that it has no instance (yet): there is nothing to compare.
    record WithoutData(MemberName name) implements PeerReport {}

    record Unreachable(MemberName name, String reason) implements PeerReport {}
}
