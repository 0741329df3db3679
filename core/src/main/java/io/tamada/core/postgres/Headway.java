package io.tamada.core.postgres;

import org.jspecify.annotations.Nullable;

/// How an instance on its way (back) into the cluster gets on.
///
/// @param odometer grows while a start, a clone or a rewind gets on, whatever it counts; negative
///     when nobody looked.
/// @param hasLed whether this directory was a primary's since it was copied, was rewound or last
///     streamed: then it may hold WAL that nobody else has.
/// @param restores whether it can restore WAL from an archive (`restore_command`).
/// @param trouble why it does not start or stream; null when that is not known.
public record Headway(long odometer, boolean hasLed, boolean restores, @Nullable Trouble trouble) {

    /// Of an instance that nobody looked at: the cautious answers.
    public static final Headway UNKNOWN = new Headway(-1, true, false, null);

    /// What keeps an instance from streaming, in words for the operator.
    public record Trouble(Kind kind, String reason) {

        public enum Kind {
            /// Its own recovery fails: its files or its WAL are damaged or incomplete.
            RECOVERY_FAILS,
            /// The upstream has removed WAL that it still needs.
            WAL_REMOVED,
            /// Another reason, which a new copy would not cure: a password, a missing slot, a
            /// wrong parameter.
            OTHER
        }
    }

    public boolean hasTrouble(Trouble.Kind kind) {
        return trouble != null && trouble.kind() == kind;
    }
}
