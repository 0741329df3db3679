package io.tamada.dcs.codec;

import io.tamada.dcs.kv.Bytes;
import io.tamada.dcs.kv.EtcdKv.KeyValue;
import org.jspecify.annotations.Nullable;

/// One key's meaning, kept from reading to reading. While the value stays the same it is not
/// decoded again; a value that cannot be decoded leaves what was understood before it.
final class Remembered<T> {

    /// Null when the value cannot be read.
    interface Decoder<T> {
        @Nullable T decode(Bytes value);
    }

    private final String key;
    private final Decoder<T> decoder;
    private final Warnings warnings;
    private @Nullable Bytes value;
    private @Nullable T meaning;

    Remembered(String key, Decoder<T> decoder, Warnings warnings) {
        this.key = key;
        this.decoder = decoder;
        this.warnings = warnings;
    }

    /// The meaning, or null when the key is absent or was never understood.
    @Nullable T of(@Nullable KeyValue now) {
        if (now == null) {
            value = null;
            meaning = null;
            return null;
        }
        if (!now.value().equals(value)) {
            value = now.value();
            T understood = decoder.decode(now.value());
            if (understood == null) {
                warnings.warn(
                        "the key '"
                                + key
                                + "' of the store holds no valid JSON of its kind; "
                                + (meaning == null
                                        ? "it is taken as absent"
                                        : "the last good value stays in force"));
            } else {
                meaning = understood;
            }
        }
        return meaning;
    }
}
