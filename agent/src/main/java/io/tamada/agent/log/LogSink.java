package io.tamada.agent.log;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// Where finished lines go. Only the writing thread calls it; it may block.
interface LogSink {

    /// Writes one line and its line end.
    void write(String line) throws IOException;

    default void close() throws IOException {}

    /// Standard error, unbuffered, left open at the end.
    static LogSink standardError() {
        OutputStream stream = new FileOutputStream(FileDescriptor.err);
        return line -> stream.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
