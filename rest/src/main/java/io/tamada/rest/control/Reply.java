package io.tamada.rest.control;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// The answer to a command.
///
/// @param text the whole body: a sentence, or a JSON document.
/// @param headers beside the usual ones.
public record Reply(int status, Form form, String text, SequencedMap<String, String> headers) {

    /// What the body is.
    public enum Form {
        /// A sentence, which Patroni calls HTML.
        SENTENCE("text/html"),
        JSON("application/json");

        private final String contentType;

        Form(String contentType) {
            this.contentType = contentType;
        }

        public String contentType() {
            return contentType;
        }
    }

    static Reply sentence(int status, String text) {
        return new Reply(status, Form.SENTENCE, text, new LinkedHashMap<>());
    }

    static Reply json(int status, String text) {
        return new Reply(status, Form.JSON, text, new LinkedHashMap<>());
    }

    public byte[] body() {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
