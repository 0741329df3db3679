package io.tamada.agent.journal;

import java.io.IOException;

/// Where lines of the journal go; called by one thread, which it may hold.
interface JournalSink extends AutoCloseable {

    void write(String line) throws IOException;

    @Override
    void close();
}
