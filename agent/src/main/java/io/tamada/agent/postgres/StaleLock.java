package io.tamada.agent.postgres;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// The lock files of a server that is dead, but that its parent has not reaped yet: it still
/// counts as alive for the next one, which would refuse to start.
final class StaleLock {

    private StaleLock() {}

    /// Nothing of the instance may run any more when this is called.
    static void forget(Path data) throws IOException {
        PostmasterPid left = PostmasterPid.read(data);
        if (left == null || !InstanceProcesses.isUnreaped(left.pid())) {
            return;
        }
        if (!left.socketDirectory().isEmpty()) {
            forgetSocketLocks(Path.of(left.socketDirectory()), left.pid());
        }
        DurableFiles.remove(data.resolve("postmaster.pid"));
    }

    private static void forgetSocketLocks(Path directory, long pid) throws IOException {
        try (DirectoryStream<Path> locks = Files.newDirectoryStream(directory, ".s.PGSQL.*.lock")) {
            for (Path lock : locks) {
                String text = DurableFiles.readOrNull(lock);
                if (text != null && text.startsWith(pid + "\n")) {
                    DurableFiles.remove(lock);
                }
            }
        } catch (NoSuchFileException gone) {
            // Then there is no lock in it either.
            return;
        }
    }
}
