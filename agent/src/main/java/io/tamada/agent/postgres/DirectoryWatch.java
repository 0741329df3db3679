package io.tamada.agent.postgres;

import io.tamada.agent.postgres.StateDirectory.Mark;
import io.tamada.core.postgres.DataDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What lies where the data directory should be: looked at by background threads, read by the
/// loop.
final class DirectoryWatch {

    private static final Logger LOG = LoggerFactory.getLogger(DirectoryWatch.class);

    /// A running server writes its control file often; nobody decides on those details.
    private static final Duration CONTROL_FILE_REST = Duration.ofSeconds(10);

    /// How long a server that runs is left in peace when its directory cannot be looked at: a
    /// machine that stalls, or lets nobody start a program, recovers.
    private static final Duration FORGIVEN = Duration.ofSeconds(60);

    /// How long those wait who must go on in the end.
    static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Duration VERSION_PATIENCE = Duration.ofSeconds(5);

    enum Freshness {
        /// The control file is read again whenever it has changed.
        EXACT,
        /// The control file of a running server is read now and then, and a look that fails is
        /// forgiven for a while.
        RELAXED
    }

    private final PostgresSettings settings;
    private final StateDirectory state;
    private final ControlFile controlFile;
    private final Object inspecting = new Object();

    private volatile DataDirectory latest = new DataDirectory.Unusable("not looked at yet");
    private volatile boolean follower;
    private volatile SortedMap<String, Integer> standbyMinimums = new TreeMap<>();
    private ControlFile.@Nullable Reading control;
    private @Nullable FileTime controlChanged;
    private long controlReadNanos;
    private @Nullable Long unclearSinceNanos;
    private final Duration forgiven;
    private final Duration controlFileRest;
    private @Nullable Integer serverMajor;

    DirectoryWatch(PostgresSettings settings, StateDirectory state) {
        this(settings, state, FORGIVEN, CONTROL_FILE_REST);
    }

    DirectoryWatch(
            PostgresSettings settings,
            StateDirectory state,
            Duration forgiven,
            Duration controlFileRest) {
        this.forgiven = forgiven;
        this.controlFileRest = controlFileRest;
        this.settings = settings;
        this.state = state;
        this.controlFile = new ControlFile(settings);
    }

    DataDirectory latest() {
        return latest;
    }

    /// Whether the directory is known to be a follower's.
    boolean isFollower() {
        return follower;
    }

    /// What the control file says that a standby needs at the least.
    SortedMap<String, Integer> standbyMinimums() {
        return standbyMinimums;
    }

    /// The same, but goes on with what was known when the disk does not answer in time.
    void refreshWithin(Freshness freshness, Duration patience) {
        Thread looking =
                Thread.ofPlatform().name("directory-look").daemon().start(() -> refresh(freshness));
        try {
            if (!looking.join(patience)) {
                LOG.warn(
                        "{} has not answered for {} s",
                        settings.dataDirectory(),
                        patience.toSeconds());
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    DataDirectory refresh(Freshness freshness) {
        synchronized (inspecting) {
            try {
                latest = clear(inspect(freshness));
            } catch (UnclearException unclear) {
                latest = unclear(unclear.reason, freshness);
            } catch (IOException failure) {
                latest = unclear("cannot be read: " + failure, freshness);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
            return latest;
        }
    }

    private DataDirectory clear(DataDirectory seen) {
        unclearSinceNanos = null;
        return seen;
    }

    /// What counts when the directory could not be looked at: while the server runs what was seen
    /// last, for a while. Whoever stops a healthy primary has to be sure.
    private DataDirectory unclear(String reason, Freshness freshness) {
        long now = System.nanoTime();
        Long since = unclearSinceNanos;
        if (since == null) {
            since = now;
            unclearSinceNanos = now;
            LOG.warn("{} {}", settings.dataDirectory(), reason);
        }
        boolean isForgiven =
                freshness == Freshness.RELAXED
                        && latest instanceof DataDirectory.Ready
                        && now - since < forgiven.toNanos();
        return isForgiven ? latest : unusable(reason);
    }

    /// The directory is there, and what it holds cannot be told.
    private static final class UnclearException extends IOException {

        private static final long serialVersionUID = 1L;

        final String reason;

        UnclearException(String reason) {
            super(reason);
            this.reason = reason;
        }
    }

    private DataDirectory inspect(Freshness freshness) throws IOException, InterruptedException {
        follower = state.isFollower();
        Mark mark = state.marked();
        if (mark != null) {
            return new DataDirectory.Interrupted(mark.operation());
        }
        Path directory = settings.dataDirectory();
        String binaries = missingBinaries();
        if (binaries != null) {
            return new DataDirectory.Unusable(binaries);
        }
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return new DataDirectory.Empty();
        }
        if (!Files.isDirectory(directory)) {
            return unusable("is not a directory: choose another postgresql.data_dir");
        }
        String foreign = foreignOwner(directory);
        if (foreign != null) {
            return unusable(foreign);
        }
        if (DurableFiles.isEmptyOrAbsent(directory)) {
            return new DataDirectory.Empty();
        }
        String version = DurableFiles.readOrNull(directory.resolve("PG_VERSION"));
        if (version == null) {
            return unusable(
                    "is not empty and is not a PostgreSQL data directory (it has no PG_VERSION):"
                            + " empty it, or choose another postgresql.data_dir");
        }
        String other = otherVersion(version.strip());
        if (other != null) {
            return unusable(other);
        }
        return ready(directory, freshness);
    }

    private DataDirectory ready(Path directory, Freshness freshness)
            throws IOException, InterruptedException {
        Path file = directory.resolve("global/pg_control");
        if (!Files.exists(file)) {
            return unusable("has no global/pg_control: restore it from a backup, or clone it anew");
        }
        FileTime changed = Files.getLastModifiedTime(file);
        boolean rested = System.nanoTime() - controlReadNanos > controlFileRest.toNanos();
        if (control == null
                || (!changed.equals(controlChanged) && (rested || freshness == Freshness.EXACT))) {
            controlReadNanos = System.nanoTime();
            control = controlFile.read();
            controlChanged = changed;
        }
        return switch (control) {
            case ControlFile.Unreadable(String reason) -> {
                control = null;
                throw new UnclearException("has a control file that cannot be read: " + reason);
            }
            case ControlFile.Parsed(var data, var minimums) -> {
                standbyMinimums = minimums;
                yield new DataDirectory.Ready(
                        data,
                        Files.exists(directory.resolve("standby.signal")),
                        state.knows(data.system(), settings.scope(), settings.memberName()));
            }
        };
    }

    private DataDirectory.Unusable unusable(String reason) {
        return new DataDirectory.Unusable(settings.dataDirectory() + " " + reason);
    }

    private @Nullable String missingBinaries() {
        for (String name : new String[] {"postgres", "pg_controldata", "initdb"}) {
            if (!Files.isExecutable(settings.program(name))) {
                return settings.program(name)
                        + " is missing or not executable: install the PostgreSQL server, or set"
                        + " postgresql.bin_dir to where it is";
            }
        }
        return null;
    }

    private static @Nullable String foreignOwner(Path directory) throws IOException {
        Path real = directory.toRealPath();
        int owner = CleanEnvironment.owner(real);
        int user = CleanEnvironment.effectiveUser();
        if (owner != user) {
            return "belongs to user "
                    + Files.getOwner(real).getName()
                    + ", but the agent runs as user "
                    + System.getProperty("user.name")
                    + " (uid "
                    + user
                    + "): run it as the owner, or change the owner";
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(real);
        if (!permissions.contains(PosixFilePermission.OWNER_READ)
                || !permissions.contains(PosixFilePermission.OWNER_WRITE)
                || !permissions.contains(PosixFilePermission.OWNER_EXECUTE)) {
            return "has permissions "
                    + PosixFilePermissions.toString(permissions)
                    + ", PostgreSQL needs rwx------ or rwxr-x---: chmod 0700 it";
        }
        boolean tooOpen =
                permissions.contains(PosixFilePermission.GROUP_WRITE)
                        || permissions.contains(PosixFilePermission.OTHERS_READ)
                        || permissions.contains(PosixFilePermission.OTHERS_WRITE)
                        || permissions.contains(PosixFilePermission.OTHERS_EXECUTE);
        // initdb and pg_basebackup narrow the permissions of an empty directory themselves.
        if (tooOpen && !DurableFiles.isEmptyOrAbsent(directory)) {
            return "has permissions "
                    + PosixFilePermissions.toString(permissions)
                    + ", PostgreSQL accepts rwx------ or rwxr-x--- only: chmod 0700 it";
        }
        return null;
    }

    private @Nullable String otherVersion(String directoryMajor)
            throws IOException, InterruptedException {
        int major = serverMajor();
        if (major != 0 && !directoryMajor.equals(Integer.toString(major))) {
            return "was made by PostgreSQL "
                    + directoryMajor
                    + ", but "
                    + settings.program("postgres")
                    + " is version "
                    + major
                    + ": set postgresql.bin_dir to the programs of version "
                    + directoryMajor
                    + ", or upgrade the data with pg_upgrade";
        }
        return null;
    }

    /// The major version of the programs, or zero when they do not say.
    int serverMajor() throws IOException, InterruptedException {
        synchronized (inspecting) {
            if (serverMajor == null) {
                Process process =
                        new ProcessBuilder(settings.program("postgres").toString(), "--version")
                                .redirectErrorStream(true)
                                .start();
                process.getOutputStream().close();
                if (!process.waitFor(VERSION_PATIENCE)) {
                    process.destroyForcibly();
                    return 0;
                }
                serverMajor =
                        major(
                                new String(
                                        process.getInputStream().readAllBytes(),
                                        java.nio.charset.StandardCharsets.UTF_8));
            }
            return serverMajor;
        }
    }

    /// From `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)` or `... 18beta1`.
    static int major(String versionLine) {
        int mark = versionLine.indexOf("(PostgreSQL) ");
        int from = mark + "(PostgreSQL) ".length();
        int to = from;
        while (mark >= 0
                && to < versionLine.length()
                && Character.isDigit(versionLine.charAt(to))) {
            to++;
        }
        return mark < 0 || to == from ? 0 : Integer.parseInt(versionLine.substring(from, to));
    }
}
