package io.tamada.agent.postgres;

import io.tamada.agent.os.PosixKill;
import io.tamada.agent.os.PosixPidfd;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A process that may open few files and has them all open: for {@link ProcessSightTest}.
final class NoDescriptorsProbe {

    private NoDescriptorsProbe() {}

    /// @param arguments an instance's directory and two of its processes: one that stands for the
    ///     postmaster, and one that has none any more.
    public static void main(String[] arguments) throws Exception {
        InstanceProcesses processes = new InstanceProcesses(Path.of(arguments[0]));
        long postmaster = Long.parseLong(arguments[1]);
        long orphan = Long.parseLong(arguments[2]);
        warmUp(processes, postmaster);
        CountDownLatch exited = new CountDownLatch(1);
        Postmaster watched = Postmaster.watch(postmaster, _ -> exited.countDown());
        List<InputStream> open = takeAll();
        Thread ending = Thread.ofPlatform().start(() -> Orphans.end(processes, () -> false));
        StringBuilder seen = new StringBuilder();
        seen.append("alive ").append(InstanceProcesses.isAlive(postmaster));
        seen.append(", gone ").append(!InstanceProcesses.isAlive(Integer.MAX_VALUE));
        seen.append(", running ").append(watched != null && watched.isRunning());
        seen.append(", ended ").append(exited.await(2, TimeUnit.SECONDS));
        seen.append(", orphan alive ").append(InstanceProcesses.isAlive(orphan));
        for (InputStream file : open) {
            file.close();
        }
        ending.join();
        seen.append("; orphan alive ").append(InstanceProcesses.isAlive(orphan));
        seen.append(", postmaster alive ").append(InstanceProcesses.isAlive(postmaster));
        PosixKill.Sent _ = PosixKill.signal(postmaster, PosixKill.SIGKILL);
        seen.append(", ended ").append(exited.await(10, TimeUnit.SECONDS));
        System.out.println(seen);
    }

    /// Classes and the symbols of libc are files, too: what is needed later is used once before.
    private static void warmUp(InstanceProcesses processes, long postmaster) {
        Orphans.end(processes, () -> true);
        long own = ProcessHandle.current().pid();
        Postmaster warm = Postmaster.watch(own, _ -> {});
        if (warm != null) {
            boolean _ = warm.isRunning();
            warm.release();
        }
        try (PosixPidfd pidfd = PosixPidfd.open(own)) {
            if (pidfd == null || pidfd.awaitExit(Duration.ZERO)) {
                throw new IllegalStateException("this kernel has no descriptors of processes");
            }
        }
        PosixKill.Sent _ = PosixKill.signal(own, 0);
        boolean _ = InstanceProcesses.isAlive(Integer.MAX_VALUE);
        long _ = InstanceProcesses.parent(postmaster);
        org.slf4j.LoggerFactory.getLogger(Orphans.class)
                .error("nothing", new UncheckedIOException(new IOException("to warm up")));
    }

    private static List<InputStream> takeAll() {
        List<InputStream> open = new ArrayList<>();
        try {
            while (true) {
                open.add(Files.newInputStream(Path.of("/dev/null")));
            }
        } catch (IOException full) {
            return open;
        }
    }
}
