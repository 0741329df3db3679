package io.tamada.core.loop;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.port.PostgresControl;
import io.tamada.core.postgres.LocalPostgres;
import io.tamada.core.postgres.PostgresCommand;
import java.util.ArrayList;
import java.util.List;

/// An instance that is as the test says, and remembers what was asked of it.
final class FakePostgres implements PostgresControl {

    final List<PostgresCommand> begun = new ArrayList<>();
    final List<ClusterConfig> configured = new ArrayList<>();
    LocalPostgres local;
    Runnable onBegin = () -> {};
    Begun answer = new Begun.Accepted();

    FakePostgres(LocalPostgres local) {
        this.local = local;
    }

    @Override
    public LocalPostgres observe() {
        return local;
    }

    @Override
    public Begun begin(PostgresCommand command) {
        begun.add(command);
        onBegin.run();
        return answer;
    }

    @Override
    public void configure(ClusterConfig config) {
        configured.add(config);
    }
}
