package io.tamada.core.loop;

import io.tamada.core.failsafe.FailsafeBoard;
import io.tamada.core.port.ClusterRecords;
import io.tamada.core.port.FailsafePeers;

/// The doors that are needed when the store fails.
///
/// @param board where REST hangs up this member's consent to others.
public record OutagePorts(FailsafePeers peers, FailsafeBoard board, ClusterRecords records) {}
