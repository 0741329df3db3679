package io.tamada.agent.postgres;

import io.tamada.core.cluster.SystemIdentifier;
import io.tamada.core.member.MemberName;
import io.tamada.core.wal.Timeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The agent's own records about a data directory, kept beside it: base backups and rewinds copy
/// what is inside, and a copied record would speak for another member.
final class StateDirectory {

    /// An operation that leaves the data directory unusable until it has ended.
    enum Mark {
        INITDB,
        CLONE,
        REWIND;

        String operation() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    private static final String UNFINISHED = "This operation on the data directory has not ended.";
    private static final String CHANGED =
            "This operation on the data directory has changed files and has not ended.";

    private final Path directory;

    StateDirectory(Path directory) {
        this.directory = directory;
    }

    void create() throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Files.createDirectories(
                directory,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /// The id of this installation, made once.
    String identity() throws IOException {
        Path file = directory.resolve("identity");
        String known = DurableFiles.readOrNull(file);
        if (known != null && !known.isBlank()) {
            return known.strip();
        }
        String fresh = UUID.randomUUID().toString();
        DurableFiles.replace(file, fresh + "\n");
        return fresh;
    }

    /// Notes that this member has been a proven part of its cluster with this very instance.
    void remember(SystemIdentifier system, String scope, MemberName member) throws IOException {
        DurableFiles.replace(membership(), membershipText(system, scope, member));
    }

    boolean knows(SystemIdentifier system, String scope, MemberName member) throws IOException {
        return membershipText(system, scope, member).equals(DurableFiles.readOrNull(membership()));
    }

    void forget() throws IOException {
        DurableFiles.remove(membership());
    }

    private Path membership() {
        return directory.resolve("member");
    }

    private static String membershipText(SystemIdentifier system, String scope, MemberName member) {
        return "system=" + system + "\nscope=" + scope + "\nmember=" + member + "\n";
    }

    void mark(Mark mark) throws IOException {
        for (Mark other : Mark.values()) {
            if (other != mark) {
                DurableFiles.remove(markFile(other));
            }
        }
        DurableFiles.replace(markFile(mark), UNFINISHED + "\n");
    }

    /// A rewind to this timeline begins.
    ///
    /// @param hasChangedFiles whether one before it has changed files and has not ended. If that
    ///     was one to another timeline, none is named from now on.
    void markRewind(Timeline timeline, boolean hasChangedFiles) throws IOException {
        boolean mixed = hasChangedFiles && !isRewindTo(timeline);
        DurableFiles.replace(
                markFile(Mark.REWIND),
                (hasChangedFiles ? CHANGED : UNFINISHED)
                        + (mixed ? "\n" : "\ntimeline=" + timeline + "\n"));
    }

    boolean isMarkedChanged() throws IOException {
        String text = DurableFiles.readOrNull(markFile(Mark.REWIND));
        return text != null && text.startsWith(CHANGED);
    }

    /// Whether the rewind that is marked was one to this timeline.
    boolean isRewindTo(Timeline timeline) throws IOException {
        String text = DurableFiles.readOrNull(markFile(Mark.REWIND));
        return text != null && text.lines().anyMatch(("timeline=" + timeline)::equals);
    }

    void unmark(Mark mark) throws IOException {
        DurableFiles.remove(markFile(mark));
    }

    @Nullable Mark marked() {
        for (Mark mark : Mark.values()) {
            if (Files.exists(markFile(mark))) {
                return mark;
            }
        }
        return null;
    }

    /// When the operation that is marked began.
    Instant markedAt(Mark mark) throws IOException {
        return Files.getLastModifiedTime(markFile(mark)).toInstant();
    }

    Path markFile(Mark mark) {
        return directory.resolve(mark.operation() + ".unfinished");
    }

    /// Whether our own initdb has ended, but not yet what belongs to it: roles and hooks.
    boolean isBootstrapPending() {
        return Files.exists(bootstrapFile());
    }

    void bootstrapPending() throws IOException {
        DurableFiles.replace(bootstrapFile(), "Roles and hooks of the bootstrap have not run.\n");
    }

    void bootstrapDone() throws IOException {
        DurableFiles.remove(directory.resolve("restored"));
        DurableFiles.remove(bootstrapFile());
    }

    /// Whether the next start is the first one of a restored backup, which recovers and becomes a
    /// primary when that has ended.
    boolean isRestored() {
        return Files.exists(restoredFile());
    }

    void restored() throws IOException {
        DurableFiles.replace(restoredFile(), "What was restored has not yet recovered.\n");
    }

    void recovered() throws IOException {
        DurableFiles.remove(restoredFile());
    }

    private Path restoredFile() {
        return directory.resolve("restored.pending");
    }

    /// Whether the superuser's password in a restored backup may be another than ours.
    boolean isForeignPassword() {
        return isBootstrapPending() && Files.exists(directory.resolve("restored"));
    }

    void foreignPassword() throws IOException {
        DurableFiles.replace(
                directory.resolve("restored"), "Made by the command of bootstrap.method.\n");
    }

    private Path bootstrapFile() {
        return directory.resolve("bootstrap.pending");
    }

    /// Whether this directory is known to be a follower's: since it was copied, was rewound or last
    /// streamed, no server was a primary on it. The control file forgets that as soon as the
    /// server has run as a standby once.
    boolean isFollower() {
        return Files.exists(followerFile());
    }

    void follower() throws IOException {
        DurableFiles.replace(
                followerFile(), "No server was a primary here since it last followed another.\n");
    }

    /// To be called before a server may become a primary here.
    void noFollower() throws IOException {
        DurableFiles.remove(followerFile());
    }

    private Path followerFile() {
        return directory.resolve("follower");
    }

    /// Where a data directory was moved to make room for a clone, or null.
    @Nullable Path movedAside() throws IOException {
        String text = DurableFiles.readOrNull(directory.resolve("moved-aside"));
        return text == null || text.isBlank() ? null : Path.of(text.strip());
    }

    void movedAside(Path path) throws IOException {
        DurableFiles.replace(directory.resolve("moved-aside"), path + "\n");
    }

    void nothingAside() throws IOException {
        DurableFiles.remove(directory.resolve("moved-aside"));
    }

    /// What the server prints before its own logging begins.
    Path serverLog() {
        return directory.resolve("postgres.log");
    }

    /// What the latest run of a tool has printed.
    Path toolLog(String tool) {
        return directory.resolve(tool + ".log");
    }

    /// The passfile for our own tools, with every role.
    Path passfile() {
        return directory.resolve("pgpass");
    }

    Path temporary(String name) {
        return directory.resolve(name);
    }
}
