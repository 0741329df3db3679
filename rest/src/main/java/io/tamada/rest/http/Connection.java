package io.tamada.rest.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// One connection, seen from the socket's side: what it is doing, and since when.
final class Connection extends ChannelInboundHandlerAdapter {

    private enum Phase {
        /// Nothing whole has come in yet, or the next request has begun.
        RECEIVING,
        /// Between two requests.
        IDLE,
        /// A command is being carried out; it has a deadline of its own.
        COMMANDED,
        /// The client does not take what it has asked for.
        UNREAD
    }

    private final Connections all;
    private Phase phase = Phase.RECEIVING;
    private long sinceNanos = System.nanoTime();
    private @Nullable ChannelHandlerContext context;

    Connection(Connections all) {
        this.all = all;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        all.watch(added.channel().eventLoop());
        all.opened(this);
    }

    @Override
    public void channelInactive(ChannelHandlerContext current) throws Exception {
        all.closed(this);
        super.channelInactive(current);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext removed) {
        all.closed(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext current, Object bytes) throws Exception {
        if (phase == Phase.IDLE) {
            enter(Phase.RECEIVING);
        }
        super.channelRead(current, bytes);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext current) throws Exception {
        if (!current.channel().isWritable()) {
            enter(Phase.UNREAD);
        } else if (phase == Phase.UNREAD) {
            enter(Phase.IDLE);
        }
        super.channelWritabilityChanged(current);
    }

    /// A whole request has been read and answered.
    void answered() {
        if (phase != Phase.UNREAD) {
            enter(Phase.IDLE);
        }
        all.used(this);
    }

    /// A command has been handed on.
    void commanded() {
        enter(Phase.COMMANDED);
        all.used(this);
    }

    boolean isLate(long nowNanos) {
        Duration limit =
                switch (phase) {
                    case RECEIVING -> all.limits().request();
                    case IDLE -> all.limits().idle();
                    case UNREAD -> all.limits().unread();
                    case COMMANDED -> null;
                };
        return limit != null && nowNanos - sinceNanos > limit.toNanos();
    }

    void close() {
        if (context != null) {
            var _ = context.close();
        }
    }

    private void enter(Phase next) {
        phase = next;
        sinceNanos = System.nanoTime();
    }
}
