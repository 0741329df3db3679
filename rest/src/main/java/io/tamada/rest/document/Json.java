package io.tamada.rest.document;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.tamada.core.member.MemberTags;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/// Writes JSON as UTF-8 bytes, token by token: rendering needs neither beans nor trees.
final class Json {

    private static final JsonFactory FACTORY = new JsonFactory();
    private static final int USUAL_LENGTH = 1024;

    /// The content of one document.
    @FunctionalInterface
    interface Content {
        void writeTo(JsonGenerator json) throws IOException;
    }

    private Json() {}

    static byte[] bytes(Content content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(USUAL_LENGTH);
        try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
            content.writeTo(json);
        } catch (IOException impossible) {
            throw new UncheckedIOException("writing to memory", impossible);
        }
        return bytes.toByteArray();
    }

    /// An object with one text field: the body of refusals.
    static byte[] text(String field, String value) {
        return bytes(
                json -> {
                    json.writeStartObject();
                    json.writeStringField(field, value);
                    json.writeEndObject();
                });
    }

    /// `tags`, unless there are none.
    static void tags(JsonGenerator json, MemberTags tags) throws IOException {
        if (tags.all().isEmpty()) {
            return;
        }
        json.writeObjectFieldStart("tags");
        for (Map.Entry<String, Object> tag : tags.all().entrySet()) {
            json.writeFieldName(tag.getKey());
            switch (tag.getValue()) {
                case Boolean value -> json.writeBoolean(value);
                case Long value -> json.writeNumber(value);
                case Integer value -> json.writeNumber(value);
                case Double value -> json.writeNumber(value);
                default -> json.writeString(tag.getValue().toString());
            }
        }
        json.writeEndObject();
    }
}
