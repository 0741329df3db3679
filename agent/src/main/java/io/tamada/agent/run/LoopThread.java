package io.tamada.agent.run;

import io.tamada.core.decision.Action;
import io.tamada.core.loop.HaLoop;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Drives the loop on the calling thread until a decision ends the agent.
///
/// A turn that throws is a bug. The lease is not renewed by a turn that did not happen, so the
/// deadman bounds the harm; the next turn gets its chance meanwhile, because most causes pass and
/// stopping a healthy primary for a bug in its agent is a high price. An error of the JVM itself
/// (out of memory, an assertion) ends the process.
public final class LoopThread {

    private static final Logger LOG = LoggerFactory.getLogger(LoopThread.class);

    private static final Duration PAUSE_AFTER_BUG = Duration.ofSeconds(1);

    private final HaLoop loop;
    private final Waker waker;
    private final Supplier<Action.@Nullable Exit> otherEnd;

    /// @param otherEnd a reason to end that the loop does not know; asked after every turn.
    public LoopThread(HaLoop loop, Waker waker, Supplier<Action.@Nullable Exit> otherEnd) {
        this.loop = loop;
        this.waker = waker;
        this.otherEnd = otherEnd;
    }

    /// Returns with what ended the agent.
    public Action.Exit run() throws InterruptedException {
        while (true) {
            Duration sleep;
            try {
                sleep = loop.tick();
            } catch (RuntimeException bug) {
                LOG.error("a turn of the loop has failed, which is a bug; going on", bug);
                sleep = PAUSE_AFTER_BUG;
            }
            Action.Exit exit = loop.exit() == null ? otherEnd.get() : loop.exit();
            if (exit != null) {
                return exit;
            }
            waker.sleep(sleep);
        }
    }
}
