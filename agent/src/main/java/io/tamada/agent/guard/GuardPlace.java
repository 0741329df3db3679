package io.tamada.agent.guard;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The private directory in which a guard keeps its socket and its pid.
record GuardPlace(Path directory) {

    /// What `sun_path` has room for, its final zero left out (manual page unix(7)).
    private static final int LONGEST_ADDRESS = 107;

    private static final Path PROC = Path.of("/proc");

    /// Connects to the guard of our version.
    ///
    /// @throws IOException when none listens.
    SocketChannel connect() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(address(GuardFrames.SOCKET)));
    }

    /// The guard's working directory is this one: where the path is too long for an address, the
    /// way through /proc is short.
    private Path address(String socket) throws IOException {
        Path direct = directory.resolve(socket);
        return direct.toString().getBytes(StandardCharsets.UTF_8).length <= LONGEST_ADDRESS
                ? direct
                : PROC.resolve(Long.toString(pid())).resolve("cwd").resolve(socket);
    }

    /// The pid that the guard of our version has written.
    long pid() throws IOException {
        String text = Files.readString(directory.resolve(GuardFrames.PID)).strip();
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException torn) {
            throw new IOException("no pid in " + directory.resolve(GuardFrames.PID), torn);
        }
    }

    /// Whether that pid is a guard's still.
    static boolean isGuard(long pid) {
        try {
            String program =
                    Files.readSymbolicLink(PROC.resolve(Long.toString(pid)).resolve("exe"))
                            .toString();
            return pid > 1 && program.contains("/" + GuardProgram.NAME);
        } catch (IOException gone) {
            return false;
        }
    }

    /// Guards of other versions, which an agent of another release has left.
    List<UnixDomainSocketAddress> strangers() {
        List<UnixDomainSocketAddress> found = new ArrayList<>();
        try (DirectoryStream<Path> sockets =
                Files.newDirectoryStream(directory, GuardFrames.SOCKET_PREFIX + "*")) {
            for (Path socket : sockets) {
                if (!socket.getFileName().toString().equals(GuardFrames.SOCKET)) {
                    found.add(UnixDomainSocketAddress.of(socket));
                }
            }
        } catch (IOException | DirectoryIteratorException nothingThere) {
            return found;
        }
        return found;
    }
}
