package io.tamada.agent.settings;

/// A value that is never shown: not in a log, not in an error, not in a debugger's summary.
///
/// @param reveal the value itself, for the one place that sends it.
public record Secret(String reveal) {

    @Override
    public String toString() {
        return "***";
    }
}
