package io.tamada.agent.guard;

import io.tamada.agent.guard.GuardFrames.Reply;
import io.tamada.agent.guard.GuardFrames.Request;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// One connection to a guard. For the thread that looks after it, except for {@link #wake}.
final class GuardLink implements AutoCloseable {

    private final SocketChannel channel;
    private final Selector selector;
    private ByteBuffer incoming = GuardFrames.emptyReply();
    private long sequence;

    GuardLink(SocketChannel channel) throws IOException {
        this.channel = channel;
        channel.configureBlocking(false);
        this.selector = Selector.open();
        channel.register(selector, SelectionKey.OP_READ);
    }

    /// @return the sequence number that the reply will bear.
    long send(Request request, long quitAt, long killAt) throws IOException {
        sequence++;
        ByteBuffer frame = GuardFrames.request(request, sequence, quitAt, killAt);
        if (channel.write(frame) != GuardFrames.BYTES) {
            throw new IOException("the guard takes no more requests");
        }
        return sequence;
    }

    /// The next reply; null when none came within the timeout, or {@link #wake} was called.
    ///
    /// @throws IOException when the guard has gone or is none of ours.
    @Nullable Reply receive(Duration timeout) throws IOException {
        selector.select(Math.max(1, timeout.toMillis()));
        selector.selectedKeys().clear();
        int count = channel.read(incoming);
        if (count < 0) {
            throw new IOException("the guard has gone");
        }
        if (incoming.hasRemaining()) {
            return null;
        }
        Reply reply = GuardFrames.reply(incoming);
        incoming = GuardFrames.emptyReply();
        if (reply == null) {
            throw new IOException("what answers is no guard of this version");
        }
        return reply;
    }

    /// Ends a wait in {@link #receive}. Any thread.
    void wake() {
        selector.wakeup();
    }

    @Override
    public void close() {
        try {
            selector.close();
        } catch (IOException _) {
            // Nothing is left to be done about it.
        }
        try {
            channel.close();
        } catch (IOException _) {
            // As above.
        }
    }
}
