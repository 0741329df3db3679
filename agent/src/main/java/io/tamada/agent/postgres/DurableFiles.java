package io.tamada.agent.postgres;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Files that are there whole or not at all, and stay there after a power loss.
final class DurableFiles {

    private static final String OWNER_ONLY = "rw-------";

    private DurableFiles() {}

    /// Writes a file, readable by its owner only, by way of a temporary one; says whether its
    /// content has changed.
    static boolean replace(Path file, String content) throws IOException {
        if (content.equals(readOrNull(file))) {
            return false;
        }
        Path temporary = file.resolveSibling(file.getFileName() + ".tamada-new");
        Files.deleteIfExists(temporary);
        Files.createFile(
                temporary,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ONLY)));
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        syncDirectory(Objects.requireNonNull(file.getParent()));
        return true;
    }

    static boolean remove(Path file) throws IOException {
        boolean removed = Files.deleteIfExists(file);
        if (removed) {
            syncDirectory(Objects.requireNonNull(file.getParent()));
        }
        return removed;
    }

    static @Nullable String readOrNull(Path file) throws IOException {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (NoSuchFileException absent) {
            return null;
        }
    }

    static void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    static boolean isEmptyOrAbsent(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return !Files.exists(directory, LinkOption.NOFOLLOW_LINKS);
        }
        try (var entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                // What a freshly made file system brings with it.
                if (!entry.getFileName().toString().equals("lost+found")) {
                    return false;
                }
            }
            return true;
        }
    }

    /// Deletes a tree without following links. What is gone already is no failure.
    static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.deleteIfExists(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException failure)
                            throws IOException {
                        if (failure instanceof NoSuchFileException) {
                            return FileVisitResult.CONTINUE;
                        }
                        throw failure;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path directory, @Nullable IOException failure) throws IOException {
                        if (failure != null) {
                            throw failure;
                        }
                        Files.deleteIfExists(directory);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }

    /// Deletes what is in a directory, and keeps the directory: it may be a mount point.
    static void deleteContents(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (var entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                if (!entry.getFileName().toString().equals("lost+found")) {
                    deleteTree(entry);
                }
            }
        }
    }

    /// Bytes in the files of a tree, links not followed.
    static long size(Path root) throws IOException {
        long[] bytes = {0};
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        bytes[0] += attributes.size();
                        return FileVisitResult.CONTINUE;
                    }
                });
        return bytes[0];
    }
}
