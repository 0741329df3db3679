package io.tamada.agent.os;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Gives up root's rights for good. PostgreSQL refuses to run as root, and nothing the agent does
/// needs it: started as root, the whole process becomes the owner of the data directory. The
/// process stays the one that was started; its working directory stays too.
public final class Privileges {

    private static final String USUAL_OWNER = "postgres";
    private static final int ROOT = 0;

    /// Set once, when the process changes its user, which is a fact of the whole process.
    private static final AtomicReference<@Nullable UnixUser> CHANGED_TO = new AtomicReference<>();

    /// What became of root's rights.
    public sealed interface Result {}

    /// There were none to give up.
    public record NotRoot() implements Result {}

    public record Dropped(UnixUser owner) implements Result {}

    /// @param reason one text for the operator: what is wrong and how to cure it.
    public record Refused(String reason) implements Result {}

    /// Thrown inside, to leave at the first thing that is wrong.
    private static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1;

        RefusedException(String reason) {
            super(reason);
        }
    }

    private Privileges() {}

    /// Becomes the owner of the data directory where the process is root's; creates the directory
    /// where it is missing.
    public static Result dropFor(Path dataDirectory) {
        try {
            if (ProcessStatus.self().effectiveUid() != ROOT) {
                return new NotRoot();
            }
            return dropped(dataDirectory.toAbsolutePath().normalize());
        } catch (RefusedException e) {
            return new Refused("postgresql.data_dir: " + e.getMessage());
        } catch (IOException e) {
            return new Refused("postgresql.data_dir: " + describe(e));
        }
    }

    private static String describe(IOException e) {
        return e instanceof FileSystemException failure
                ? "found "
                        + failure.getFile()
                        + " ("
                        + failure.getClass().getSimpleName()
                        + (failure.getReason() == null ? "" : ": " + failure.getReason())
                        + "), expected a directory that can be created or used"
                : String.valueOf(e.getMessage());
    }

    private static Result dropped(Path directory) throws IOException, RefusedException {
        Path existing = nearestExisting(directory);
        boolean there = existing.equals(directory);
        if (there && !Files.isDirectory(directory)) {
            throw new RefusedException("found " + directory + ", expected a directory");
        }
        if (there && uid(directory) == ROOT && !isEmpty(directory)) {
            throw new RefusedException(
                    "found "
                            + directory
                            + ", which belongs to root and is not empty, expected the owner of"
                            + " PostgreSQL, which refuses to run as root; cure: chown -R "
                            + USUAL_OWNER
                            + " "
                            + directory);
        }
        UnixUser owner = owner(existing);
        boolean ownerMayCreate = uid(existing) == owner.uid();
        if (!ownerMayCreate) {
            prepare(directory, existing, owner);
        }
        become(owner);
        if (ownerMayCreate && !there) {
            prepare(directory, existing, owner);
        }
        reachable(directory, owner, "the data directory");
        for (String jar : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            reachable(Path.of(jar).toAbsolutePath(), owner, "Tamada itself");
        }
        return new Dropped(owner);
    }

    /// The owner of the directory or of what is to hold it; where that is root, the user that
    /// PostgreSQL's packages create.
    private static UnixUser owner(Path existing) throws IOException, RefusedException {
        int uid = uid(existing);
        if (uid != ROOT) {
            UnixUser user = UnixUser.byId(uid);
            if (user == null) {
                throw new RefusedException(
                        "found "
                                + existing
                                + ", which belongs to the unknown user id "
                                + uid
                                + ", expected a user of this machine; cure: chown "
                                + USUAL_OWNER
                                + " "
                                + existing);
            }
            return user;
        }
        UnixUser usual = UnixUser.byName(USUAL_OWNER);
        if (usual == null) {
            throw new RefusedException(
                    "found "
                            + existing
                            + ", which belongs to root, and no user '"
                            + USUAL_OWNER
                            + "', expected a user to run PostgreSQL as, which refuses to run as"
                            + " root; cure: install the PostgreSQL package, which creates the"
                            + " user, or chown the directory to another user");
        }
        return usual;
    }

    /// Creates what is missing, or takes over an empty directory of root's (a fresh volume). When
    /// this runs with root's rights, nobody but root can write to `existing`, or, as in `/tmp`,
    /// nobody else can replace what root has created there.
    private static void prepare(Path directory, Path existing, UnixUser owner) throws IOException {
        Deque<Path> missing = new ArrayDeque<>();
        for (Path path = directory;
                path != null && !path.equals(existing);
                path = path.getParent()) {
            missing.push(path);
        }
        for (Path path : missing) {
            Files.createDirectory(
                    path,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
            take(path, owner);
            if (!path.equals(directory)) {
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        }
        if (missing.isEmpty()) {
            take(directory, owner);
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        }
    }

    private static void take(Path path, UnixUser owner) throws IOException {
        Files.setAttribute(path, "unix:uid", owner.uid(), LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(path, "unix:gid", owner.gid(), LinkOption.NOFOLLOW_LINKS);
    }

    /// Who this process has become, or null.
    public static @Nullable UnixUser changedTo() {
        return CHANGED_TO.get();
    }

    private static void become(UnixUser user) throws IOException, RefusedException {
        String failure = PrivilegesCalls.become(user);
        if (failure != null) {
            throw new RefusedException(
                    "the owner is "
                            + user.name()
                            + ", and "
                            + failure
                            + "; cure: start the agent as "
                            + user.name());
        }
        if (!ProcessStatus.everyThreadIs(user.uid(), user.gid()) || PrivilegesCalls.regainsRoot()) {
            throw new IllegalStateException("root's rights were given up only in part");
        }
        System.setProperty("user.name", user.name());
        System.setProperty("user.home", user.home());
        CHANGED_TO.set(user);
    }

    /// A place below a directory that only root may enter is of no use to the owner: neither the
    /// data, nor the jars, in which classes are looked for as long as the agent runs.
    private static void reachable(Path place, UnixUser owner, String what) throws RefusedException {
        Path closed = null;
        for (Path path = place; path != null; path = path.getParent()) {
            if (!(Files.isDirectory(path) ? Files.isExecutable(path) : Files.isReadable(path))) {
                closed = path;
            }
        }
        if (closed != null) {
            throw new RefusedException(
                    "the owner is "
                            + owner.name()
                            + "; found "
                            + closed
                            + ", which this user may not enter, expected a place for "
                            + what
                            + " that it can reach; cure: chmod o+x "
                            + closed);
        }
    }

    private static Path nearestExisting(Path directory) {
        Path path = directory;
        while (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            Path above = path.getParent();
            if (above == null) {
                return path;
            }
            path = above;
        }
        return path;
    }

    private static int uid(Path path) throws IOException {
        return (Integer) Files.getAttribute(path, "unix:uid");
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.findAny().isEmpty();
        }
    }
}
