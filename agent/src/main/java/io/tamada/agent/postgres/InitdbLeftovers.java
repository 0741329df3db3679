package io.tamada.agent.postgres;

import io.tamada.agent.postgres.StateDirectory.Mark;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What lies in the data directory after an initdb, or a command of `bootstrap.method`, that an
/// agent has not seen the end of. It is removed, so that the bootstrap can begin anew; but an
/// operator may have restored a backup there meanwhile, and that is nobody's to remove.
final class InitdbLeftovers {

    private static final Logger LOG = LoggerFactory.getLogger(InitdbLeftovers.class);

    private static final int IDENTIFIER_BYTES = 8;

    private InitdbLeftovers() {}

    /// Removes them, where there are any.
    ///
    /// @return why they are left as they are, with what to type; null when all is well.
    static @Nullable String remove(PostgresSettings settings, StateDirectory state)
            throws IOException {
        if (state.marked() != Mark.INITDB) {
            return null;
        }
        LeftoverTools.end(settings);
        Path data = settings.dataDirectory();
        if (Files.exists(data.resolve("global/pg_control"))
                && !isOfInitdbSince(state.markedAt(Mark.INITDB), data)) {
            return "%s holds an instance, and the bootstrap that was interrupted here need not have made it; nothing was changed. To run on it: rm %s. To have the bootstrap begin anew: mv %s %s.old"
                    .formatted(data, state.markFile(Mark.INITDB), data, data);
        }
        LOG.warn("Removing what an interrupted initdb has left in {}", data);
        Initdb.removeLeftovers(settings, state);
        return null;
    }

    /// Whether initdb has made this instance since then, and no server has run on it. A system
    /// identifier begins with the second in which initdb made it (PostgreSQL, BootStrapXLOG), and
    /// stays the same in every backup; a postmaster leaves its options; a base backup that no
    /// server has run on yet has its label.
    private static boolean isOfInitdbSince(Instant marked, Path data) throws IOException {
        byte[] start;
        try (var file = Files.newInputStream(data.resolve("global/pg_control"))) {
            start = file.readNBytes(IDENTIFIER_BYTES);
        }
        if (start.length < IDENTIFIER_BYTES
                || Files.exists(data.resolve("postmaster.opts"))
                || Files.exists(data.resolve("backup_label"))) {
            return false;
        }
        long identifier = ByteBuffer.wrap(start).order(ByteOrder.nativeOrder()).getLong();
        return (identifier >>> 32) >= marked.getEpochSecond();
    }
}
