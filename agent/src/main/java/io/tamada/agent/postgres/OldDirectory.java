package io.tamada.agent.postgres;

import io.tamada.agent.postgres.StateDirectory.Mark;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a new copy replaces. It is kept beside the copy until the copy streams: until then it may
/// be the better one.
final class OldDirectory {

    private static final Logger LOG = LoggerFactory.getLogger(OldDirectory.class);

    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss");

    private final Path data;
    private final StateDirectory state;
    private final AtomicBoolean removing = new AtomicBoolean();

    OldDirectory(PostgresSettings settings, StateDirectory state) {
        this.data = settings.dataDirectory();
        this.state = state;
    }

    /// Moves the directory aside while space permits, and empties it otherwise.
    ///
    /// @param copyBytes how large the copy is going to be; zero when that is not known.
    void makeRoom(long copyBytes) throws IOException {
        if (DurableFiles.isEmptyOrAbsent(data)) {
            return;
        }
        String reason = whyNotMoved(copyBytes);
        if (reason == null) {
            Path aside =
                    data.resolveSibling(
                            data.getFileName()
                                    + ".old-"
                                    + STAMP.format(LocalDateTime.now(ZoneOffset.UTC)));
            try {
                state.movedAside(aside);
                Files.move(data, aside);
                DurableFiles.syncDirectory(Objects.requireNonNull(data.getParent()));
                LOG.warn("Moved {} to {}, where it stays until the new copy streams", data, aside);
                return;
            } catch (IOException mountPoint) {
                reason = mountPoint.toString();
                state.nothingAside();
            }
        }
        LOG.warn("Removing the contents of {}, which cannot be moved aside: {}", data, reason);
        state.mark(Mark.CLONE);
        DataFiles.wipe(data);
    }

    private @org.jspecify.annotations.Nullable String whyNotMoved(long copyBytes)
            throws IOException {
        Path kept = state.movedAside();
        if (kept != null && Files.exists(kept)) {
            return "an older one is there still, " + kept + ", and this one has never streamed";
        }
        if (Files.isSymbolicLink(data)
                || Files.isSymbolicLink(data.resolve("pg_wal"))
                || hasTablespaces()) {
            // The copy wants the places that the links lead to.
            return "parts of it are behind symbolic links";
        }
        long needed = Math.max(DurableFiles.size(data), copyBytes);
        long free = Files.getFileStore(data).getUsableSpace();
        return free - needed / 10 > needed
                ? null
                : "a second copy needs %d MB and a tenth, %d MB are free"
                        .formatted(needed >> 20, free >> 20);
    }

    private boolean hasTablespaces() throws IOException {
        Path tablespaces = data.resolve("pg_tblspc");
        if (!Files.isDirectory(tablespaces)) {
            return false;
        }
        try (DirectoryStream<Path> links = Files.newDirectoryStream(tablespaces)) {
            return links.iterator().hasNext();
        }
    }

    /// The copy streams: what it has replaced is removed, in the background.
    void letGo() throws IOException {
        Path aside = state.movedAside();
        if (aside == null || !removing.compareAndSet(false, true)) {
            return;
        }
        Thread.ofPlatform().name("old-data-directory").daemon().start(() -> remove(aside));
    }

    private void remove(Path aside) {
        try {
            DurableFiles.deleteTree(aside);
            state.nothingAside();
            LOG.info("Removed {}: the copy that replaced it streams", aside);
        } catch (IOException failure) {
            LOG.warn("{} cannot be removed: {}", aside, failure.toString());
        } finally {
            removing.set(false);
        }
    }
}
