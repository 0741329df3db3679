package io.tamada.agent.postgres;

import io.tamada.agent.postgres.DirectoryWatch.Freshness;
import io.tamada.core.postgres.DataDirectory;
import java.io.IOException;

/// Notes that this instance has been a proven part of its cluster under this name: after our own
/// initdb, clone or rewind, as a primary started or promoted by the lease holder, or as a standby
/// seen streaming from where we pointed it. A start alone proves nothing.
final class Membership {

    private Membership() {}

    static void remember(Instance instance) throws IOException {
        DataDirectory directory = instance.directory().refresh(Freshness.EXACT);
        if (directory instanceof DataDirectory.Ready ready && !ready.knownHere()) {
            instance.state()
                    .remember(
                            ready.control().system(),
                            instance.settings().scope(),
                            instance.settings().memberName());
            instance.directory().refresh(Freshness.EXACT);
        }
    }
}
