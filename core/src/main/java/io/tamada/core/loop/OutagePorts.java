package io.tamada.core.loop;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.failsafe.FailsafeBoard;
import io.tamada.core.port.ClusterRecords;
import io.tamada.core.port.FailsafePeers;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The doors that are needed when the store fails.
///
/// @param board where REST hangs up this member's consent to others.
/// @param reader reads a dynamic configuration; null for what is none.
public record OutagePorts(
        FailsafePeers peers,
        FailsafeBoard board,
        ClusterRecords records,
        Function<String, @Nullable ClusterConfig> reader) {}
