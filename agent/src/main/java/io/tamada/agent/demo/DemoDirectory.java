package io.tamada.agent.demo;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/// Everything that a demo has on disk, in one directory under `$TMPDIR` or `/tmp`.
final class DemoDirectory {

    /// Leaves room for a Unix socket below it, and needs no quoting in YAML, shell or HAProxy.
    private static final String PLAIN = "/[A-Za-z0-9/._-]{1,40}";

    private final Path root;
    private final Account account;

    private DemoDirectory(Path root, Account account) {
        this.root = root;
        this.account = account;
    }

    static DemoDirectory create(Account account, @Nullable String tmpdir) throws DemoFailure {
        Path base = Path.of(tmpdir != null && tmpdir.matches(PLAIN) ? tmpdir : "/tmp");
        try {
            Path root = Files.createTempDirectory(base, "tamada-demo-");
            account.own(root);
            var directory = new DemoDirectory(root, account);
            directory.directory("log");
            return directory;
        } catch (IOException unwritable) {
            throw new DemoFailure("cannot create a directory in " + base + ": " + unwritable);
        }
    }

    Path root() {
        return root;
    }

    Path log(String name) {
        return root.resolve("log").resolve(name + ".log");
    }

    Path directory(String name) throws IOException {
        Path path = root.resolve(name);
        Files.createDirectory(
                path,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        account.own(path);
        return path;
    }

    /// Writes a file that only its owner reads: most of them hold passwords.
    Path file(String name, String content) throws IOException {
        Path path = root.resolve(name);
        Path draft = root.resolve(name + ".draft");
        Files.deleteIfExists(draft);
        Files.createFile(
                draft,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(draft, content);
        account.own(draft);
        return Files.move(
                draft,
                path,
                java.nio.file.StandardCopyOption.ATOMIC_MOVE,
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    void delete() throws IOException {
        delete(root);
    }

    /// After a failure the logs stay: they say why.
    void deleteAllButLogs() throws IOException {
        try (var entries = Files.list(root)) {
            for (Path entry : entries.toList()) {
                if (!entry.equals(root.resolve("log"))) {
                    delete(entry);
                }
            }
        }
    }

    private static void delete(Path tree) throws IOException {
        Files.walkFileTree(
                tree,
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
                        // Somebody's last file may go by itself while we walk.
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
}
