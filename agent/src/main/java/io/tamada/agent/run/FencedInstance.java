package io.tamada.agent.run;

import io.tamada.agent.fencing.Instance;
import io.tamada.agent.os.PosixKill;
import io.tamada.agent.postgres.LinuxPostgresControl;

/// The local instance as the deadman strikes it.
public final class FencedInstance implements Instance {

    private final LinuxPostgresControl postgres;

    public FencedInstance(LinuxPostgresControl postgres) {
        this.postgres = postgres;
    }

    @Override
    public boolean mayBePrimary() {
        return postgres.observe().mayBePrimary();
    }

    @Override
    public void quit() {
        postgres.processes().signalPostmaster(PosixKill.SIGQUIT);
    }

    @Override
    public void kill() {
        postgres.processes().killAll();
    }
}
