package io.tamada.core.port;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.postgres.LocalPostgres;
import io.tamada.core.postgres.PostgresCommand;

/// The local PostgreSQL instance, as the loop uses it. No call blocks: long operations run
/// elsewhere and are seen in {@link LocalPostgres#operation()}; when one ends, the loop is woken.
public interface PostgresControl {

    LocalPostgres observe();

    /// Begins a command. At most one long operation runs at a time; asking again for the one that
    /// is running is accepted and changes nothing. `Stop` is always accepted: it cancels what
    /// runs, and a harder mode overrides a softer one.
    Begun begin(PostgresCommand command);

    sealed interface Begun {
        record Accepted() implements Begun {}

        record Refused(String reason) implements Begun {}
    }

    /// Makes the dynamic configuration known; what changed is written and reloaded in the
    /// background.
    void configure(ClusterConfig config);
}
