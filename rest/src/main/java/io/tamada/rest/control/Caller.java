package io.tamada.rest.control;

/// How far somebody who sends a command is known.
enum Caller {
    /// By a password or a client certificate.
    AUTHENTICATED,
    /// By the address only.
    BY_ADDRESS
}
