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
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.tamada.rest.document.SmallDocuments;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The changing half of the API. Members ask each other for consent here; what people would change
/// this release refuses, and says so.
///
/// Any content type is accepted, as Patroni does: `curl -d` calls its JSON a form.
@Controller(produces = MediaType.APPLICATION_JSON, consumes = MediaType.ALL)
final class CommandController {

    private final FailsafeApi failsafe;

    CommandController(ServerParts parts) {
        this.failsafe = parts.failsafe();
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
                        .body(reply.body().getBytes(StandardCharsets.UTF_8));
        reply.headers().forEach(response::header);
        return response;
    }

    @Post(uris = {"/switchover", "/failover", "/restart", "/reload", "/reinitialize"})
    HttpResponse<byte[]> post(HttpRequest<?> request) {
        return refused(request);
    }

    @Delete(uris = {"/switchover", "/restart"})
    HttpResponse<byte[]> delete(HttpRequest<?> request) {
        return refused(request);
    }

    @Patch("/config")
    HttpResponse<byte[]> patch(HttpRequest<?> request) {
        return refused(request);
    }

    @Put("/config")
    HttpResponse<byte[]> put(HttpRequest<?> request) {
        return refused(request);
    }

    private static HttpResponse<byte[]> refused(HttpRequest<?> request) {
        return HttpResponse.<byte[]>status(HttpStatus.NOT_IMPLEMENTED)
                .body(
                        SmallDocuments.error(
                                request.getMethodName()
                                        + " "
                                        + request.getPath()
                                        + " is not implemented in this release"));
    }
}
