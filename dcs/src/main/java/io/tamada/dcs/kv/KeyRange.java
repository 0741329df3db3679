package io.tamada.dcs.kv;

/// Which keys a reading is about.
public sealed interface KeyRange {

    /// Exactly this key.
    record Key(Bytes key) implements KeyRange {}

    /// Every key that begins so.
    record Prefix(Bytes prefix) implements KeyRange {}
}
