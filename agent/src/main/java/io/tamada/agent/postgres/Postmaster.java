package io.tamada.agent.postgres;

import io.tamada.agent.os.PosixKill;
import io.tamada.agent.os.PosixPidfd;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One running postmaster, started by us or found. Its exit is known in the instant when it
/// happens, in both cases.
final class Postmaster {

    private static final Duration WATCH_ROUND = Duration.ofSeconds(1);

    /// Where there is no pidfd, the process table is asked so often.
    private static final Duration POLL_ROUND = Duration.ofMillis(50);

    private final long pid;
    private final long startTicks;
    private final CountDownLatch gone = new CountDownLatch(1);
    private volatile boolean released;

    private Postmaster(long pid, long startTicks) {
        this.pid = pid;
        this.startTicks = startTicks;
    }

    /// Starts a server, in a session of its own so that no terminal signal reaches it, its input
    /// empty and its output not a pipe.
    static Process spawn(
            PostgresSettings settings, Path log, List<String> arguments, Map<String, String> extra)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add("setsid");
        command.add(settings.program("postgres").toString());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment().putAll(CleanEnvironment.forServer());
        builder.environment().putAll(extra);
        builder.directory(settings.dataDirectory().toFile());
        builder.redirectInput(new File("/dev/null"));
        switch (settings.output()) {
            case FILE -> {
                builder.redirectErrorStream(true);
                builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            }
            case INHERITED -> {
                builder.redirectOutput(ProcessBuilder.Redirect.INHERIT);
                builder.redirectError(ProcessBuilder.Redirect.INHERIT);
            }
        }
        return builder.start();
    }

    /// Watches a postmaster; `onExit` is called once, by a thread of its own. Null when the
    /// process is gone already.
    static @Nullable Postmaster watch(long pid, Consumer<Postmaster> onExit) {
        long ticks = InstanceProcesses.startTicks(pid);
        if (ticks < 0) {
            return null;
        }
        Postmaster postmaster = new Postmaster(pid, ticks);
        Thread.ofPlatform()
                .name("postmaster-" + pid)
                .daemon()
                .start(() -> postmaster.watch(onExit));
        return postmaster;
    }

    private void watch(Consumer<Postmaster> onExit) {
        try (PosixPidfd descriptor = PosixPidfd.open(pid)) {
            // Once at least: the pid may have passed to another before the descriptor was had.
            boolean running = isRunning();
            while (running && !released) {
                if (descriptor == null) {
                    TimeUnit.NANOSECONDS.sleep(POLL_ROUND.toNanos());
                    running = isRunning();
                } else {
                    running = !descriptor.awaitExit(WATCH_ROUND);
                }
            }
        } catch (InterruptedException _) {
            return;
        }
        if (released) {
            return;
        }
        try {
            onExit.accept(this);
        } finally {
            gone.countDown();
        }
    }

    long pid() {
        return pid;
    }

    /// Whether it is not known to have exited; a zombie has.
    boolean isRunning() {
        try {
            return InstanceProcesses.isAlive(pid)
                    && InstanceProcesses.startTicks(pid) == startTicks;
        } catch (UncheckedIOException unknown) {
            return true;
        }
    }

    void signal(int signal) {
        if (isRunning()) {
            PosixKill.Sent _ = PosixKill.signal(pid, signal);
        }
    }

    /// Waits until it has exited and every process of its instance is gone.
    boolean awaitGone(Duration timeout) throws InterruptedException {
        return gone.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    /// Ends the watching; the server goes on.
    void release() {
        released = true;
    }
}
