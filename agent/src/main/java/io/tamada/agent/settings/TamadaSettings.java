package io.tamada.agent.settings;

import io.tamada.core.fencing.FencingStatus;

/// What Patroni has no word for: `tamada` in the file.
///
/// @param guard whether the process outside the virtual machine is wanted that ends the server
///     when the lease runs out; `automatic` when it is not said.
public record TamadaSettings(FencingStatus.Mode guard) {}
