package io.tamada.rest.http;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.server.exceptions.response.ErrorContext;
import io.micronaut.http.server.exceptions.response.JsonErrorResponseBodyProvider;
import io.tamada.rest.document.SmallDocuments;
import jakarta.inject.Singleton;

/// The body of what the HTTP server itself refuses, in the shape of our own refusals. Never an
/// exception's text: it may hold what the caller sent.
@Singleton
final class ErrorBody implements JsonErrorResponseBodyProvider<byte[]> {

    @Override
    public byte[] body(ErrorContext context, HttpResponse<?> response) {
        return SmallDocuments.error(response.reason());
    }
}
