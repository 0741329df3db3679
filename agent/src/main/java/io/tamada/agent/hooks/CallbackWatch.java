package io.tamada.agent.hooks;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Which callback is due, told from what is seen of the server. Patroni's moments: a server that
/// comes back with another role has changed its role and is not started, one that comes back by
/// order is restarted and neither stopped nor started. Not thread-safe.
public final class CallbackWatch {

    public enum Moment {
        ON_START,
        ON_STOP,
        ON_RESTART,
        ON_RELOAD,
        ON_ROLE_CHANGE;

        /// As the settings and the first argument of the script have it.
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// What a server that answers is in the cluster.
    public enum Role {
        PRIMARY,
        REPLICA,
        STANDBY_LEADER;

        private String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// @param role in Patroni's words.
    public record Call(Moment moment, String role) {}

    /// Of a former primary whose server is down and could not be started.
    private static final String DEMOTED = "demoted";

    private String life = "";
    private String role = "";
    private boolean restarting;

    /// The server answers. A standby leader that has just started is a replica first, and leads
    /// when it is asked again.
    ///
    /// @param seenLife differs for each run of the server.
    public @Nullable Call answers(String seenLife, Role seenRole) {
        boolean fresh = !seenLife.equals(life);
        Role as = fresh && seenRole == Role.STANDBY_LEADER ? Role.REPLICA : seenRole;
        String now = as.word();
        boolean changed = !role.isEmpty() && !now.equals(role);
        boolean demoted = changed && as != Role.PRIMARY;
        role = now;
        life = seenLife;
        if (!fresh) {
            return changed ? new Call(Moment.ON_ROLE_CHANGE, now) : null;
        }
        boolean ordered = restarting;
        restarting = false;
        if (demoted) {
            return new Call(Moment.ON_ROLE_CHANGE, now);
        }
        return new Call(ordered ? Moment.ON_RESTART : Moment.ON_START, now);
    }

    /// The lease was given away because the server cannot be started.
    public @Nullable Call handedOver() {
        if (!role.equals(Role.PRIMARY.word())) {
            return null;
        }
        role = DEMOTED;
        return new Call(Moment.ON_ROLE_CHANGE, DEMOTED);
    }

    /// The agent has stopped the server.
    public @Nullable Call stopped(boolean forRestart) {
        restarting = forRestart;
        return forRestart || role.isEmpty() ? null : new Call(Moment.ON_STOP, role);
    }

    /// The agent has told the server to read its configuration again.
    public @Nullable Call reloaded() {
        return role.isEmpty() ? null : new Call(Moment.ON_RELOAD, role);
    }
}
