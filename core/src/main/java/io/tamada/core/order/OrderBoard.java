package io.tamada.core.order;

import io.tamada.core.time.Monotonic;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Where orders hang: whoever asks hangs one up, the loop carries it out and writes what came of
/// it. One at a time. Safe for use by many threads without a lock.
public final class OrderBoard {

    /// What became of an order.
    public sealed interface Outcome {

        record Done() implements Outcome {}

        record Failed(String reason) implements Outcome {}
    }

    /// @param outcome null while it is being carried out.
    public record Ticket(Order order, Monotonic at, @Nullable Outcome outcome) {

        public boolean isOpen() {
            return outcome == null;
        }
    }

    private final AtomicReference<@Nullable Ticket> latest = new AtomicReference<>();

    /// @return the ticket, or null when another order is being carried out.
    public @Nullable Ticket place(Order order, Monotonic at) {
        Ticket now = latest.get();
        Ticket wanted = new Ticket(order, at, null);
        return (now == null || !now.isOpen()) && latest.compareAndSet(now, wanted) ? wanted : null;
    }

    /// Ends an order that is open, whoever placed it.
    public void end(Outcome outcome) {
        latest.updateAndGet(
                now ->
                        now == null || !now.isOpen()
                                ? now
                                : new Ticket(now.order(), now.at(), outcome));
    }

    public @Nullable Ticket latest() {
        return latest.get();
    }
}
