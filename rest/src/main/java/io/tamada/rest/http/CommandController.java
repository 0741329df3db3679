package io.tamada.rest.http;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.Patch;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Put;
import io.tamada.rest.document.SmallDocuments;

/// The changing half of the API. This release changes nothing over HTTP and says so.
///
/// Any content type is accepted, as Patroni does: `curl -d` calls its JSON a form.
@Controller(produces = MediaType.APPLICATION_JSON, consumes = MediaType.ALL)
final class CommandController {

    @Post(uris = {"/switchover", "/failover", "/restart", "/reload", "/reinitialize", "/failsafe"})
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
