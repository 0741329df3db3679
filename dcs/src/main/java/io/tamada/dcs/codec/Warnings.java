package io.tamada.dcs.codec;

/// Hears, in one sentence each, what was wrong with a value that others have written.
public interface Warnings {
    void warn(String sentence);
}
