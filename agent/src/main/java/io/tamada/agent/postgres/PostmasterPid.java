package io.tamada.agent.postgres;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// `postmaster.pid`: the lock file of a data directory (PostgreSQL source, `pidfile.h`).
///
/// @param pid the postmaster.
/// @param socketDirectory its first Unix socket directory; empty when it has none.
/// @param status what it says of itself.
record PostmasterPid(long pid, String socketDirectory, Status status) {

    enum Status {
        STARTING,
        /// Accepts connections.
        READY,
        /// In standby mode, and hot standby is not possible or not wanted.
        STANDBY,
        STOPPING,
        UNKNOWN
    }

    private static final int PID_LINE = 0;
    private static final int SOCKET_DIRECTORY_LINE = 4;
    private static final int STATUS_LINE = 7;

    /// What the file says; null when there is none, or when it belongs to a single-user backend.
    static @Nullable PostmasterPid read(Path dataDirectory) throws IOException {
        String text = DurableFiles.readOrNull(dataDirectory.resolve("postmaster.pid"));
        if (text == null) {
            return null;
        }
        String[] lines = text.split("\n", -1);
        long pid;
        try {
            pid = Long.parseLong(lines[PID_LINE].strip());
        } catch (NumberFormatException beingWritten) {
            return null;
        }
        // A single-user backend writes its pid negated.
        if (pid <= 1) {
            return null;
        }
        String socket =
                lines.length > SOCKET_DIRECTORY_LINE ? lines[SOCKET_DIRECTORY_LINE].strip() : "";
        String status = lines.length > STATUS_LINE ? lines[STATUS_LINE].strip() : "";
        return new PostmasterPid(
                pid,
                socket,
                switch (status) {
                    case "starting" -> Status.STARTING;
                    case "ready" -> Status.READY;
                    case "standby" -> Status.STANDBY;
                    case "stopping" -> Status.STOPPING;
                    default -> Status.UNKNOWN;
                });
    }
}
