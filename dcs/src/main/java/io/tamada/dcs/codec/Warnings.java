package io.tamada.dcs.codec;

/// Hears what was wrong with values that others have written.
public interface Warnings {

    /// @param sentence one, about the whole of what was found.
    void warn(String sentence);

    /// A setting that is not used as it was written.
    ///
    /// @param document the key in the store.
    /// @param setting its path in the document.
    /// @param found its value, as JSON.
    /// @param expected what it should have been.
    /// @param instead what is used in its place.
    default void wrong(
            String document, String setting, String found, String expected, String instead) {
        warn(
                "in the key '%s' of the store: %s is %s, expected %s; %s is used instead"
                        .formatted(document, setting, found, expected, instead));
    }
}
