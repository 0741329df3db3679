package io.tamada.agent.postgres;

import io.tamada.agent.hooks.CallbackWatch;
import io.tamada.agent.hooks.CallbackWatch.Call;
import io.tamada.agent.hooks.CallbackWatch.Moment;
import io.tamada.agent.hooks.CallbackWatch.Role;
import io.tamada.agent.hooks.Scripts;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs the callbacks beside everything else; nobody waits for one. As in Patroni a new one ends
/// the one before it, and `on_reload` stands apart from the others.
final class Callbacks implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Callbacks.class);

    static final Duration LIMIT = Duration.ofHours(1);

    /// What an agent that ends leaves to the last callback.
    private static final Duration LAST_WORDS = Duration.ofSeconds(5);

    private final Supplier<Scripts> scripts;
    private final String scope;
    private final BooleanSupplier restarting;
    private final CallbackWatch watch = new CallbackWatch();
    private final Slot reloads = new Slot();
    private final Slot others = new Slot();

    /// @param restarting whether somebody has ordered a restart that is not yet done.
    Callbacks(Supplier<Scripts> scripts, String scope, BooleanSupplier restarting) {
        this.scripts = scripts;
        this.scope = scope;
        this.restarting = restarting;
    }

    synchronized void answers(String life, Role role) {
        call(watch.answers(life, role));
    }

    synchronized void handedOver() {
        call(watch.handedOver());
    }

    synchronized void stopped() {
        call(watch.stopped(restarting.getAsBoolean()));
    }

    synchronized void reloaded() {
        call(watch.reloaded());
    }

    private void call(@Nullable Call call) {
        String command = call == null ? null : scripts.get().callbacks().get(call.moment().word());
        if (call == null || command == null || command.isBlank()) {
            return;
        }
        List<String> words = new ArrayList<>(CommandLine.split(command));
        words.addAll(List.of(call.moment().word(), call.role(), scope));
        (call.moment() == Moment.ON_RELOAD ? reloads : others).next(call.moment().word(), words);
    }

    /// Waits for the last callback, which a stop has called a moment ago, but not for long.
    @Override
    public void close() {
        others.awaitIdle(LAST_WORDS);
    }

    /// One script at a time.
    private static final class Slot {

        private record Order(String name, List<String> command) {}

        private @Nullable Order waiting;
        private @Nullable ScriptRun running;
        private boolean working;

        synchronized void next(String name, List<String> command) {
            waiting = new Order(name, List.copyOf(command));
            if (running != null) {
                running.kill();
            }
            if (!working) {
                working = true;
                Thread.ofPlatform().name("callback").daemon().start(this::work);
            }
        }

        private void work() {
            for (ScriptRun run = take(); run != null; run = take()) {
                try {
                    if (!run.await(LIMIT)) {
                        LOG.warn("A callback has run for {}, it is ended", LIMIT);
                        run.kill();
                    }
                } catch (InterruptedException _) {
                    run.kill();
                }
            }
        }

        private synchronized @Nullable ScriptRun take() {
            running = null;
            while (waiting != null) {
                Order order = waiting;
                waiting = null;
                try {
                    ScriptRun started =
                            ScriptRun.start(
                                    order.name(), order.command(), CleanEnvironment.forServer());
                    running = started;
                    return started;
                } catch (IOException failure) {
                    LOG.warn("{} cannot be called: {}", order.name(), failure.getMessage());
                }
            }
            working = false;
            notifyAll();
            return null;
        }

        synchronized void awaitIdle(Duration patience) {
            long end = System.nanoTime() + patience.toNanos();
            try {
                for (long left = patience.toMillis(); working && left > 0; ) {
                    wait(left);
                    left = (end - System.nanoTime()) / 1_000_000;
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
