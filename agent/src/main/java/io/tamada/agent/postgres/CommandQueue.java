package io.tamada.agent.postgres;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Short work on the running server, one piece after the other, on a thread that lives only while
/// there is some. Equal pieces that wait are done once.
final class CommandQueue {

    private static final Logger LOG = LoggerFactory.getLogger(CommandQueue.class);

    static final int LIMIT = 64;

    interface Work {
        void run() throws Exception;
    }

    private final String name;
    private final Map<Object, Work> waiting = new LinkedHashMap<>();
    private boolean working;

    CommandQueue(String name) {
        this.name = name;
    }

    /// @param key what makes two pieces equal.
    /// @return whether there was room.
    synchronized boolean add(Object key, Work work) {
        if (waiting.size() >= LIMIT && !waiting.containsKey(key)) {
            return false;
        }
        waiting.put(key, work);
        if (!working) {
            Thread.ofPlatform().name(name).daemon().start(this::drain);
            working = true;
        }
        return true;
    }

    /// Waits until nothing is left to do, for so long at the most.
    synchronized void awaitIdle(Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        for (long left = atMost.toNanos(); working && left > 0; left = end - System.nanoTime()) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    private void drain() {
        for (Map.Entry<Object, Work> next = next(); next != null; next = next()) {
            try {
                next.getValue().run();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            } catch (Exception failure) {
                LOG.warn("{} has failed: {}", next.getKey(), failure.getMessage());
            }
        }
    }

    private synchronized Map.@Nullable Entry<Object, Work> next() {
        Map.Entry<Object, Work> first =
                waiting.isEmpty() ? null : waiting.entrySet().iterator().next();
        if (first == null) {
            working = false;
            notifyAll();
            return null;
        }
        Map.Entry<Object, Work> taken = Map.entry(first.getKey(), first.getValue());
        waiting.remove(first.getKey());
        return taken;
    }
}
