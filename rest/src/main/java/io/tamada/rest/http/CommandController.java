package io.tamada.rest.http;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.Patch;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Put;
import io.micronaut.http.server.netty.NettyHttpRequest;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import io.tamada.rest.control.ControlApi;
import io.tamada.rest.control.Reply;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The changing half of the API: members ask each other for consent here, and people for other
/// leaders, settings and restarts.
///
/// A command whose client has gone is not begun: a program that was stopped or had no processor for
/// a while finds it in its socket, when it has long been given up and another way was taken.
///
/// Any content type is accepted, as Patroni does: `curl -d` calls its JSON a form.
@Controller(produces = MediaType.APPLICATION_JSON, consumes = MediaType.ALL)
final class CommandController {

    private static final Logger LOG = LoggerFactory.getLogger(CommandController.class);

    /// A timed task that the event loop gives itself runs after its next selection, which finds
    /// that behind the command the connection ends. One selection is enough, two are certain.
    private static final int SELECTIONS = 2;

    /// An event loop that takes longer for them has ended.
    private static final Duration LOOK_WITHIN = Duration.ofSeconds(10);

    private final FailsafeApi failsafe;
    private final ControlApi control;

    CommandController(ServerParts parts) {
        this.failsafe = parts.failsafe();
        this.control = parts.control();
    }

    /// Not on the event loop: the names of members may have to be looked up.
    @Post("/failsafe")
    @ExecuteOn(TaskExecutors.IO)
    HttpResponse<byte[]> failsafe(HttpRequest<?> request, @Body @Nullable String body) {
        FailsafeApi.Reply reply =
                failsafe.post(
                        request.getRemoteAddress().getAddress(),
                        request.getHeaders().get("Authorization"),
                        body == null ? "" : body);
        MutableHttpResponse<byte[]> response =
                HttpResponse.<byte[]>status(HttpStatus.valueOf(reply.status()))
                        .contentType(reply.form().contentType())
                        .body(reply.body().getBytes(StandardCharsets.UTF_8));
        reply.headers().forEach(response::header);
        return response;
    }

    @Post(uris = {"/switchover", "/failover", "/restart", "/reload", "/reinitialize"})
    @ExecuteOn(TaskExecutors.IO)
    HttpResponse<byte[]> post(HttpRequest<?> request, @Body @Nullable String body) {
        return answer(request, body);
    }

    @Delete(uris = {"/switchover", "/restart"})
    @ExecuteOn(TaskExecutors.IO)
    HttpResponse<byte[]> delete(HttpRequest<?> request, @Body @Nullable String body) {
        return answer(request, body);
    }

    @Patch("/config")
    @ExecuteOn(TaskExecutors.IO)
    HttpResponse<byte[]> patch(HttpRequest<?> request, @Body @Nullable String body) {
        return answer(request, body);
    }

    @Put("/config")
    @ExecuteOn(TaskExecutors.IO)
    HttpResponse<byte[]> put(HttpRequest<?> request, @Body @Nullable String body) {
        return answer(request, body);
    }

    private HttpResponse<byte[]> answer(HttpRequest<?> request, @Nullable String body) {
        String path = request.getPath();
        if (isGivenUp(request)) {
            LOG.warn(
                    "{} {} from {} is not carried out: its client has gone",
                    request.getMethodName(),
                    path,
                    request.getRemoteAddress().getAddress().getHostAddress());
            return HttpResponse.status(HttpStatus.SERVICE_UNAVAILABLE);
        }
        Reply reply =
                control.answer(
                        new ControlApi.Request(
                                request.getMethodName(),
                                path.length() > 1 && path.endsWith("/")
                                        ? path.substring(0, path.length() - 1)
                                        : path,
                                text(request, body),
                                request.getRemoteAddress().getAddress(),
                                hasCertificate(request),
                                request.getHeaders().get("Authorization"),
                                request.getHeaders().get(ControlApi.OPERATOR_HEADER)));
        MutableHttpResponse<byte[]> response =
                HttpResponse.<byte[]>status(HttpStatus.valueOf(reply.status()))
                        .contentType(reply.form().contentType())
                        .body(reply.body());
        reply.headers().forEach(response::header);
        return response;
    }

    private static boolean isGivenUp(HttpRequest<?> request) {
        if (!(request instanceof NettyHttpRequest<?> netty)) {
            return false;
        }
        CompletableFuture<Boolean> active = new CompletableFuture<>();
        try {
            lookAfter(SELECTIONS, netty.getChannelHandlerContext().channel(), active);
            return !active.get(LOOK_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | RejectedExecutionException | TimeoutException ended) {
            return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private static void lookAfter(
            int selections, Channel channel, CompletableFuture<Boolean> active) {
        var _ =
                channel.eventLoop()
                        .schedule(
                                () -> {
                                    if (selections == 0) {
                                        active.complete(channel.isActive());
                                    } else {
                                        lookAfter(selections - 1, channel, active);
                                    }
                                },
                                1,
                                TimeUnit.MILLISECONDS);
    }

    /// The server knows only certificates of a TLS handler that it has made itself.
    private static boolean hasCertificate(HttpRequest<?> request) {
        if (!(request instanceof NettyHttpRequest<?> netty)) {
            return false;
        }
        SslHandler tls =
                netty.getChannelHandlerContext().channel().pipeline().get(SslHandler.class);
        if (tls == null) {
            return false;
        }
        try {
            return tls.engine().getSession().getPeerCertificates().length > 0;
        } catch (SSLPeerUnverifiedException without) {
            return false;
        }
    }

    /// Null when no body was announced; an empty one is not handed over by the server.
    private static @Nullable String text(HttpRequest<?> request, @Nullable String body) {
        return body == null && request.getContentLength() >= 0 ? "" : body;
    }
}
