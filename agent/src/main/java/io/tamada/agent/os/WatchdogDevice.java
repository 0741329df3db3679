package io.tamada.agent.os;

import org.jspecify.annotations.Nullable;

/// A watchdog of the kernel (its documentation, "The Linux Watchdog driver API"). Opening it
/// starts the countdown; when it runs out the machine is reset.
public interface WatchdogDevice {

    /// Why it could not be opened now, as far as can be told without opening it; null when nothing
    /// speaks against it.
    @Nullable String whyUnusable();

    /// Opens it, which starts the countdown with the timeout it has.
    ///
    /// @return null, or why it was not opened.
    @Nullable String open();

    /// Whether it stops when it is closed after the letter V; otherwise closing it leads to a
    /// reset.
    boolean isStoppable();

    /// Sets the timeout and begins the countdown anew.
    ///
    /// @return the timeout in force, in whole seconds; -1 when it could not be set.
    int setTimeoutSeconds(int seconds);

    /// Begins the countdown anew.
    ///
    /// @return whether that has worked.
    boolean keepAlive();

    /// Stops the countdown and closes the device.
    ///
    /// @return whether that has worked; if not, it is open still and counting.
    boolean stop();
}
