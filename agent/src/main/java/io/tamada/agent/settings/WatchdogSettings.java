package io.tamada.agent.settings;

import io.tamada.core.fencing.FencingStatus.Mode;

/// The kernel watchdog: `watchdog` in the file.
///
/// @param safetyMarginSeconds between the watchdog's reset and the end of the lease; -1 means
///     half the ttl.
public record WatchdogSettings(Mode mode, Driver driver, String device, int safetyMarginSeconds) {

    /// What stands at `device`.
    public enum Driver {
        /// A watchdog of the kernel.
        DEFAULT,
        /// A named pipe, for trying out.
        TESTING
    }
}
