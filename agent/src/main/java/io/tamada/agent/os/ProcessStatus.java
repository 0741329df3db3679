package io.tamada.agent.os;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/// Who a thread of this process is, from `/proc` (manual page proc_pid_status(5)): real,
/// effective, saved and file system id, for user and group.
record ProcessStatus(List<Integer> uids, List<Integer> gids) {

    static ProcessStatus self() throws IOException {
        return read(Path.of("/proc/self/status"));
    }

    int effectiveUid() {
        return uids.get(1);
    }

    /// Whether all threads have all of their ids changed. A thread that has just ended does not
    /// count.
    static boolean everyThreadIs(int uid, int gid) throws IOException {
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path task : tasks) {
                try {
                    ProcessStatus status = read(task.resolve("status"));
                    if (!status.uids.stream().allMatch(id -> id == uid)
                            || !status.gids.stream().allMatch(id -> id == gid)) {
                        return false;
                    }
                } catch (NoSuchFileException _) {
                    // Gone is as good as changed.
                }
            }
        }
        return true;
    }

    private static ProcessStatus read(Path file) throws IOException {
        List<Integer> uids = List.of();
        List<Integer> gids = List.of();
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith("Uid:")) {
                uids = numbers(line);
            } else if (line.startsWith("Gid:")) {
                gids = numbers(line);
            }
        }
        return new ProcessStatus(uids, gids);
    }

    /// Ids above two thousand million are negative here, as in every int that glibc is given.
    private static List<Integer> numbers(String line) {
        return java.util.Arrays.stream(line.substring(4).trim().split("\\s+"))
                .map(Integer::parseUnsignedInt)
                .toList();
    }
}
