package io.tamada.agent.postgres;

import io.tamada.agent.hooks.Scripts.ReplicaMethod;
import io.tamada.agent.postgres.DirectoryWatch.Freshness;
import io.tamada.agent.postgres.StateDirectory.Mark;
import io.tamada.core.postgres.DataDirectory;
import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes a standby while nobody leads, by those of the user's methods that need no leader: a
/// restore from an archive.
final class LeaderlessCopy {

    private static final Logger LOG = LoggerFactory.getLogger(LeaderlessCopy.class);

    private final Instance instance;

    LeaderlessCopy(Instance instance) {
        this.instance = instance;
    }

    Outcome run(OngoingOperation operation) throws IOException, InterruptedException {
        if (!instance.monitor().isDown()) {
            return new Outcome.Failed("the server is running: stop it first");
        }
        Path data = instance.settings().dataDirectory();
        StateDirectory state = instance.state();
        boolean ownRemains = state.marked() == Mark.CLONE || state.marked() == Mark.INITDB;
        DataDirectory directory = instance.directory().refresh(Freshness.EXACT);
        if (!ownRemains && !(directory instanceof DataDirectory.Empty)) {
            return new Outcome.Failed("the data directory is not empty: " + directory);
        }
        state.forget();
        state.noFollower();
        state.mark(Mark.CLONE);
        String failure = "no method of create_replica_methods has no_leader";
        for (ReplicaMethod method : instance.configuration().replicaMethods()) {
            if (!method.needsNoLeader() || operation.isCancelled()) {
                continue;
            }
            if (!method.keepData()) {
                DataFiles.wipe(data);
            }
            operation.progress("creating the replica by " + method.name());
            Tool.Result result = new ReplicaScript(instance, method).run(null, operation);
            if (ReplicaScript.hasMade(instance, result)) {
                LOG.info("The replica has been created by {}", method.name());
                BaseBackup.becomesStandby(instance);
                return Outcome.DONE;
            }
            failure = ReplicaScript.failure(method, result, result.lastLines());
            LOG.warn("{}", failure);
        }
        return operation.isCancelled() ? Outcome.CANCELLED : new Outcome.Failed(failure);
    }
}
