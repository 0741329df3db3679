package io.tamada.core.decision;

import io.tamada.core.order.Order;
import io.tamada.core.postgres.Upstream;
import io.tamada.core.time.Monotonic;
import io.tamada.core.wal.Lsn;
import org.jspecify.annotations.Nullable;

/// An order that this member is carrying out.
///
/// @param life the run of the server that is to end; empty when none ran.
/// @param wasPrimary whether the server was a primary when the order came.
/// @param upstream whom it followed then.
/// @param from where the server was when the first checkpoint was asked for.
/// @param since when this stage began.
public record Errand(
        Order order,
        Stage stage,
        String life,
        boolean wasPrimary,
        @Nullable Upstream upstream,
        Lsn from,
        Monotonic since) {

    public enum Stage {
        /// Nothing has been done yet.
        ASKED,
        /// A checkpoint is being written while clients go on.
        PREPARING,
        /// The server is being stopped.
        STOPPING,
        /// The server is down; what follows may begin.
        STOPPED,
        /// A new copy is being made.
        COPYING
    }

    public Errand at(Stage next, Lsn position, Monotonic now) {
        return new Errand(order, next, life, wasPrimary, upstream, position, now);
    }

    public Errand at(Stage next, Monotonic now) {
        return at(next, from, now);
    }
}
