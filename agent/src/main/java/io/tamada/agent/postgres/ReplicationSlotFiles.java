package io.tamada.agent.postgres;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/// The slots of a server that is down: a directory for each, with the file `state` in it. What
/// lacks one of the two is not there for the server; it clears away what ends in `.tmp`.
final class ReplicationSlotFiles {

    private final Path slots;

    ReplicationSlotFiles(Path dataDirectory) {
        this.slots = dataDirectory.resolve("pg_replslot");
    }

    /// Makes a slot, or makes it anew; on disk when this returns.
    void put(String name, byte[] state) throws IOException {
        Path slot = slots.resolve(name);
        Path unfinished = slots.resolve(name + ".tmp");
        DurableFiles.deleteTree(unfinished);
        Files.createDirectory(unfinished);
        // As strict as the data directory is, which the owner's group may be allowed to read.
        Set<PosixFilePermission> open = Files.getPosixFilePermissions(slots);
        Files.setPosixFilePermissions(unfinished, open);
        Path file = unfinished.resolve("state");
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            Files.setPosixFilePermissions(file, withoutExecution(open));
            ByteBuffer bytes = ByteBuffer.wrap(state);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        DurableFiles.syncDirectory(unfinished);
        DurableFiles.deleteTree(slot);
        Files.move(unfinished, slot, StandardCopyOption.ATOMIC_MOVE);
        DurableFiles.syncDirectory(slot);
        DurableFiles.syncDirectory(slots);
    }

    void remove(String name) throws IOException {
        DurableFiles.deleteTree(slots.resolve(name));
        DurableFiles.syncDirectory(slots);
    }

    private static Set<PosixFilePermission> withoutExecution(Set<PosixFilePermission> of) {
        Set<PosixFilePermission> rest = EnumSet.copyOf(of);
        rest.remove(PosixFilePermission.OWNER_EXECUTE);
        rest.remove(PosixFilePermission.GROUP_EXECUTE);
        rest.remove(PosixFilePermission.OTHERS_EXECUTE);
        return rest;
    }
}
