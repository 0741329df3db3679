package io.tamada.agent.run;

import io.tamada.agent.postgres.LinuxPostgresControl;
import io.tamada.agent.settings.AgentSettings;
import io.tamada.agent.settings.UnknownKeys;
import io.tamada.core.cluster.ClusterConfig;
import io.tamada.rest.control.ConfigCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks at a dynamic configuration before it is written. A setting that every agent would pass
/// over for its default is a mistake, whatever else is asked for; and PostgreSQL's own program is
/// asked about its parameters: one bad value would keep every server from its next start.
public final class ServerConfigCheck implements ConfigCheck {

    private static final Logger LOG = LoggerFactory.getLogger(ServerConfigCheck.class);

    /// What a server of another version may know is left out by this one, not refused.
    private static final String UNKNOWN = "unrecognized configuration parameter";

    private final Supplier<AgentSettings> settings;
    private final Function<ClusterConfig.PostgresPart, SortedMap<String, String>> refused;

    public ServerConfigCheck(Supplier<AgentSettings> settings, LinuxPostgresControl postgres) {
        this(settings, postgres::refused);
    }

    /// @param refused the parameters that the server would not start with, each with its reason.
    public ServerConfigCheck(
            Supplier<AgentSettings> settings,
            Function<ClusterConfig.PostgresPart, SortedMap<String, String>> refused) {
        this.settings = settings;
        this.refused = refused;
    }

    @Override
    public List<String> mistakes(String json) {
        SettingsAsWritten written = SettingsAsWritten.of(json);
        List<String> mistakes = new ArrayList<>(written.mistakes());
        ClusterConfig config = written.config();
        if (config == null) {
            return mistakes;
        }
        warnAboutTimes(config);
        refused.apply(settings.get().postgresql().over(config.postgres(), config.remote()))
                .forEach(
                        (name, reason) -> {
                            if (reason.contains(UNKNOWN)) {
                                LOG.warn("{}: this server leaves it out", reason);
                            } else if (config.postgres().parameters().containsKey(name)) {
                                mistakes.add(
                                        "postgresql.parameters."
                                                + name
                                                + ": PostgreSQL would not start with it: "
                                                + reason);
                            }
                        });
        return mistakes;
    }

    @Override
    public List<String> doubts(@Nullable String before, String after) {
        return UnknownKeys.added(before, after);
    }

    /// Not refused: the lease arithmetic lowers the other two until they fit.
    private static void warnAboutTimes(ClusterConfig config) {
        long ttl = config.ttl().toSeconds();
        long wait = config.loopWait().toSeconds();
        long retry = config.retryTimeout().toSeconds();
        if (ttl < wait + 2 * retry) {
            LOG.warn(
                    "ttl {} s is less than loop_wait + 2 * retry_timeout = {} + 2 * {} = {} s;"
                            + " loop_wait and retry_timeout are lowered until they fit",
                    ttl,
                    wait,
                    retry,
                    wait + 2 * retry);
        }
    }
}
