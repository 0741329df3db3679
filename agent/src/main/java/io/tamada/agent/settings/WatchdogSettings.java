package io.tamada.agent.settings;

import io.tamada.core.fencing.FencingStatus.Mode;

/// The kernel watchdog: `watchdog` in the file.
///
/// @param safetyMarginSeconds between the watchdog's reset and the end of the lease; -1 means
///     half the ttl.
public record WatchdogSettings(Mode mode, String device, int safetyMarginSeconds) {}
