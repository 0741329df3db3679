package io.tamada.haproxy;

/// What came of a call to the runtime socket.
public sealed interface RuntimeAnswer {

    /// HAProxy's own words; empty for most changes.
    record Text(String text) implements RuntimeAnswer {}

    /// The call failed or was refused. It may have been carried out if it only timed out.
    record Failed(String reason) implements RuntimeAnswer {}
}
