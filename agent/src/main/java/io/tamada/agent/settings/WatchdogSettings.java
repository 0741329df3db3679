package io.tamada.agent.settings;

/// The kernel watchdog: `watchdog` in the file. None is driven yet, which is why `required` is
/// refused.
///
/// @param safetyMarginSeconds between the watchdog's reset and the end of the lease; -1 means
///     half the ttl.
public record WatchdogSettings(Mode mode, String device, int safetyMarginSeconds) {

    /// Whether to use a watchdog.
    public enum Mode {
        OFF,
        AUTOMATIC
    }
}
