package io.tamada.chaos.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// All processes that one node's agent starts, and theirs, in a control group (version 2) of their
/// own: they can be frozen in one instant, as a hypervisor would. Where control groups may not be
/// written the processes simply run, and [#freezes()] is false.
public final class NodeGroup {

    private static final Duration UNTIL_DONE = Duration.ofSeconds(10);
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final @Nullable Path ROOT = root();

    private final @Nullable Path directory;

    private NodeGroup(@Nullable Path directory) {
        this.directory = directory;
    }

    static NodeGroup forNode(String name) {
        if (ROOT == null) {
            return new NodeGroup(null);
        }
        return new NodeGroup(
                ROOT.resolve(
                        "tamada-test-%d-%d-%s"
                                .formatted(
                                        ProcessHandle.current().pid(),
                                        NUMBER.incrementAndGet(),
                                        name)));
    }

    private static @Nullable Path root() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/mounts"))) {
                String[] fields = line.split(" ", -1);
                if (fields[2].equals("cgroup2") && Files.isWritable(Path.of(fields[1]))) {
                    return Path.of(fields[1]);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return null;
    }

    /// Whether a node can be frozen here.
    public static boolean freezes() {
        return ROOT != null;
    }

    /// The command that runs `line` in this group.
    List<String> inside(List<String> line) {
        if (directory == null) {
            return line;
        }
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> full = new ArrayList<>();
        full.add("sh");
        full.add("-c");
        full.add("echo $$ >\"$0\" && exec \"$@\"");
        full.add(directory.resolve("cgroup.procs").toString());
        full.addAll(line);
        return full;
    }

    /// Returns when every process of the node stands still.
    public void freeze() {
        write("cgroup.freeze", "1");
        Await.until("the node to freeze", UNTIL_DONE, () -> isFrozen("1"), () -> "it runs");
    }

    /// Nothing happens when it is not frozen.
    public void thaw() {
        if (directory != null && Files.exists(directory)) {
            write("cgroup.freeze", "0");
        }
    }

    /// Every process that is in it.
    public List<Long> processes() {
        if (directory == null) {
            return List.of();
        }
        try {
            return Files.readAllLines(directory.resolve("cgroup.procs")).stream()
                    .map(Long::valueOf)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Ends what is left in it, such as a guard whose agent was killed, and removes it.
    void close() {
        if (directory == null || !Files.exists(directory)) {
            return;
        }
        Await.until(
                "the end of every process of the node",
                UNTIL_DONE,
                () -> {
                    List<Long> left = processes();
                    left.forEach(Signals.KILL::to);
                    return left.isEmpty();
                },
                () -> processes() + " are there");
        try {
            Files.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isFrozen(String value) {
        try {
            return directory != null
                    && Files.readAllLines(directory.resolve("cgroup.events"))
                            .contains("frozen " + value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(String file, String value) {
        if (directory == null) {
            throw new IllegalStateException("no control groups here");
        }
        try {
            Files.writeString(directory.resolve(file), value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
