package io.tamada.rest.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import io.tamada.core.time.Monotonic;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Stands before the routes: answers everything that is read, at once and on the event loop,
/// refuses what has no place, and lets commands through.
///
/// Load balancers ask for little else than health, so that path stays short: no route matching by
/// reflection, no thread hand-over, no rendering.
///
/// Agents alone, ours and Patroni's, are kept waiting for a moment when they ask for the status:
/// they compare positions in a race. With quorum commit one standby alone may have what was
/// acknowledged a moment ago; the position of a second ago would let another one be promoted
/// without it.
final class RequestGate extends ChannelDuplexHandler {

    private static final Logger LOG = LoggerFactory.getLogger(RequestGate.class);

    /// A read request has no business with a body; more than this ends the connection.
    private static final int IGNORED_BODY_LIMIT_BYTES = 64 * 1024;

    private static final Route.Read STATUS = new Route.Document(Route.Kind.STATUS);
    private static final int LOOK_AGAIN_MILLIS = 2;

    private final ReadApi api;
    private final Map<String, String> extraHeaders;
    private final Connection connection;

    /// What becomes of the body of the request that is being read.
    private enum Body {
        PASSED_ON,
        IGNORED
    }

    private Body body = Body.IGNORED;
    private long ignoredBytes;
    private boolean commandRunning;
    private boolean closing;
    private boolean readsHeldBack;

    RequestGate(ReadApi api, Map<String, String> extraHeaders, Connection connection) {
        this.api = api;
        this.extraHeaders = extraHeaders;
        this.connection = connection;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        if (closing) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (message instanceof HttpRequest request) {
            begin(context, request);
        } else if (message instanceof HttpContent content) {
            proceed(context, content);
        } else {
            super.channelRead(context, message);
        }
    }

    private void begin(ChannelHandlerContext context, HttpRequest request) throws Exception {
        if (commandRunning) {
            // Answers must leave in the order of the requests. Nobody who sends commands sends
            // them without waiting for the answer.
            ReferenceCountUtil.release(request);
            closing = true;
            var _ = context.close();
            return;
        }
        body = Body.IGNORED;
        ignoredBytes = 0;
        if (request.decoderResult().isFailure()) {
            ReferenceCountUtil.release(request);
            closing = true;
            send(context, request, malformed(request.decoderResult()));
            return;
        }
        Target target = Target.parse(request.uri());
        Route route = target == null ? null : Route.of(target.path());
        HttpMethod method = request.method();
        if (target == null || route == null) {
            respond(
                    context,
                    request,
                    target == null
                            ? Answer.error(400, "the path or a parameter has a broken escape")
                            : Answer.error(404, "there is nothing at " + target.path()));
        } else if (isRead(method)) {
            if (STATUS.equals(route.read()) && isAgent(request)) {
                commandRunning = true;
                connection.commanded();
                answerAnew(context, request, api.demandReading());
                return;
            }
            respond(
                    context,
                    request,
                    route.read() == null
                            ? Answer.notAllowed(route, method.name())
                            : api.answer(route.read(), target));
        } else if (HttpUtil.getContentLength(request, 0L) > HttpServer.MAXIMUM_REQUEST_BYTES) {
            closing = true;
            respond(context, request, Answer.error(413, "the body is too large"));
        } else if (route.commands().contains(method.name())) {
            body = Body.PASSED_ON;
            commandRunning = true;
            connection.commanded();
            super.channelRead(context, request);
        } else {
            respond(context, request, Answer.notAllowed(route, method.name()));
        }
    }

    private static boolean isAgent(HttpRequest request) {
        String name = request.headers().get(HttpHeaderNames.USER_AGENT);
        return name != null && (name.startsWith("Tamada/") || name.startsWith("Patroni/"));
    }

    /// Answers as soon as the server was asked after the request came, or when that takes too long.
    private void answerAnew(
            ChannelHandlerContext context, HttpRequest request, Monotonic demanded) {
        if (!context.channel().isActive()) {
            ReferenceCountUtil.release(request);
        } else if (api.isReadSince(demanded) || api.isLate(demanded)) {
            commandRunning = false;
            respond(context, request, api.statusReadSince(demanded));
            context.flush();
        } else {
            var _ =
                    context.executor()
                            .schedule(
                                    () -> answerAnew(context, request, demanded),
                                    LOOK_AGAIN_MILLIS,
                                    TimeUnit.MILLISECONDS);
        }
    }

    private static boolean isRead(HttpMethod method) {
        return method.equals(HttpMethod.GET)
                || method.equals(HttpMethod.HEAD)
                || method.equals(HttpMethod.OPTIONS);
    }

    private void proceed(ChannelHandlerContext context, HttpContent content) throws Exception {
        if (body == Body.PASSED_ON) {
            super.channelRead(context, content);
            return;
        }
        ignoredBytes += content.content().readableBytes();
        content.release();
        if (ignoredBytes > IGNORED_BODY_LIMIT_BYTES) {
            closing = true;
            var _ = context.close();
        }
    }

    private static Answer malformed(DecoderResult result) {
        return switch (result.cause()) {
            case TooLongHttpLineException _ -> Answer.error(414, "the request line is too long");
            case TooLongHttpHeaderException _ -> Answer.error(431, "the headers are too large");
            case null, default -> Answer.error(400, "this is not an HTTP request");
        };
    }

    private void respond(ChannelHandlerContext context, HttpRequest request, Answer answer) {
        connection.answered();
        send(context, request, answer);
        ReferenceCountUtil.release(request);
    }

    private void send(ChannelHandlerContext context, HttpRequest request, Answer answer) {
        boolean bodiless = request.method().equals(HttpMethod.OPTIONS);
        FullHttpResponse response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        HttpResponseStatus.valueOf(answer.status()),
                        bodiless || request.method().equals(HttpMethod.HEAD)
                                ? Unpooled.EMPTY_BUFFER
                                : Unpooled.wrappedBuffer(answer.body()),
                        TRUSTED_HEADERS,
                        TRUSTED_HEADERS);
        HttpHeaders headers = response.headers();
        headers.set(HttpHeaderNames.CONTENT_TYPE, answer.type().header());
        headers.set(
                HttpHeaderNames.CONTENT_LENGTH,
                Integer.toString(bodiless ? 0 : answer.body().length));
        if (answer.allow() != null) {
            headers.set(HttpHeaderNames.ALLOW, answer.allow());
        }
        extraHeaders.forEach(headers::set);
        boolean keepAlive = !closing && HttpUtil.isKeepAlive(request);
        if (!keepAlive) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (!request.protocolVersion().isKeepAliveDefault()) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
        if (keepAlive) {
            var _ = context.write(response, context.voidPromise());
        } else {
            closing = true;
            var _ = context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
        }
    }

    /// Our own header values are known to be clean; checking them costs as much as the rest.
    private static final DefaultHttpHeadersFactory TRUSTED_HEADERS =
            DefaultHttpHeadersFactory.headersFactory().withValidation(false);

    /// While the client does not take its answers, no more of its requests are read: otherwise
    /// they would pile up here. Reading goes on only after this event has been passed on.
    @Override
    public void channelReadComplete(ChannelHandlerContext context) throws Exception {
        context.flush();
        if (context.channel().isWritable()) {
            super.channelReadComplete(context);
        } else {
            readsHeldBack = true;
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) throws Exception {
        super.channelWritabilityChanged(context);
        if (readsHeldBack && context.channel().isWritable()) {
            readsHeldBack = false;
            super.channelReadComplete(context);
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise)
            throws Exception {
        if (message instanceof HttpResponse response) {
            extraHeaders.forEach(response.headers()::set);
        }
        if (message instanceof LastHttpContent) {
            commandRunning = false;
            connection.answered();
        }
        super.write(context, message, promise);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // A client that resets its connection or fails a TLS handshake is no event of ours.
        LOG.debug("closing a connection of the API: {}", cause.toString());
        closing = true;
        var _ = context.close();
    }
}
