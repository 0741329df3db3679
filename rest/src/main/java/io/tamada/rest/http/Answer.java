package io.tamada.rest.http;

import io.tamada.rest.document.SmallDocuments;
import org.jspecify.annotations.Nullable;

/// What is sent back, before it is put on the wire.
///
/// @param body not to be changed by anybody: it is shared between requests.
/// @param allow the value of the header `Allow`; null for none.
@SuppressWarnings("ArrayRecordComponent") // Copying the bytes of every answer helps nobody.
public record Answer(int status, ContentType type, byte[] body, @Nullable String allow) {

    public enum ContentType {
        JSON("application/json"),
        METRICS("text/plain; version=0.0.4; charset=utf-8");

        private final String header;

        ContentType(String header) {
            this.header = header;
        }

        public String header() {
            return header;
        }
    }

    static Answer json(int status, byte[] body) {
        return new Answer(status, ContentType.JSON, body, null);
    }

    static Answer error(int status, String sentence) {
        return json(status, SmallDocuments.error(sentence));
    }

    static Answer notAllowed(Route route, String method) {
        return new Answer(
                405,
                ContentType.JSON,
                SmallDocuments.error(method + " is not allowed here; allowed: " + route.allowed()),
                route.allowed());
    }
}
