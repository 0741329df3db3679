package io.tamada.agent.postgres;

import io.tamada.core.postgres.ClientGate;

/// What the server's configuration file says of its synchronous replication.
///
/// @param standbyNames the value of `synchronous_standby_names`.
record SynchronousFile(String standbyNames, ClientGate gate) {}
