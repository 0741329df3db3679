package io.tamada.rest.tls;

/// A PEM file that cannot be used. The message is one line for the operator and names the file.
public final class TlsFileException extends Exception {

    private static final long serialVersionUID = 1;

    TlsFileException(String message) {
        super(message);
    }
}
