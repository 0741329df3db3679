package io.tamada.agent.guard;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The frames that agent and guard exchange; `agent/src/main/c/protocol.h` says what is in them.
final class GuardFrames {

    static final int BYTES = 48;
    static final int VERSION = 1;
    static final String SOCKET_PREFIX = "socket.";
    static final String SOCKET = SOCKET_PREFIX + VERSION;
    static final String PID = "pid." + VERSION;

    private static final int MAGIC = 0x54474431;
    private static final int MEMORY_LOCKED = 1;

    private GuardFrames() {}

    enum Request {
        STATE(1),
        ARM(2),
        DISARM(3),
        RETIRE(9);

        private final short type;

        Request(int type) {
            this.type = (short) type;
        }
    }

    enum State {
        DISARMED,
        ARMED,
        FIRED
    }

    /// @param killAtNanos the deadline in force or, after it has passed, the last one; an instant
    ///     of CLOCK_BOOTTIME.
    /// @param kills processes that were sent SIGKILL since this guard began.
    /// @param latenessNanos first SIGKILL of the last firing after its instant; -1 before.
    /// @param directoryHash of the data directory's path.
    record Reply(
            State state,
            boolean memoryLocked,
            long sequence,
            long killAtNanos,
            long kills,
            long latenessNanos,
            long directoryHash) {}

    static ByteBuffer request(Request request, long sequence, long quitAt, long killAt) {
        ByteBuffer frame = ByteBuffer.allocate(BYTES).order(ByteOrder.nativeOrder());
        frame.putInt(MAGIC).putShort((short) VERSION).putShort(request.type).putLong(sequence);
        frame.putLong(quitAt).putLong(killAt).putLong(0).putLong(0);
        return frame.flip();
    }

    static ByteBuffer emptyReply() {
        return ByteBuffer.allocate(BYTES).order(ByteOrder.nativeOrder());
    }

    /// Null when this is no reply of a guard of this version.
    static @Nullable Reply reply(ByteBuffer whole) {
        ByteBuffer frame = whole.duplicate().order(ByteOrder.nativeOrder()).flip();
        if (frame.getInt() != MAGIC || frame.getShort() != VERSION) {
            return null;
        }
        int state = frame.get();
        int flags = frame.get();
        if (state < 0 || state >= State.values().length) {
            return null;
        }
        return new Reply(
                State.values()[state],
                (flags & MEMORY_LOCKED) != 0,
                frame.getLong(),
                frame.getLong(),
                frame.getLong(),
                frame.getLong(),
                frame.getLong());
    }

    /// FNV-1a, by which a guard says whose instance it watches.
    static long hash(String path) {
        long hash = 0xcbf29ce484222325L;
        for (byte each : path.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (each & 0xff)) * 0x100000001b3L;
        }
        return hash;
    }
}
