package io.tamada.rest.control;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.ConfigChange.Author;
import io.tamada.core.loop.Snapshot;
import io.tamada.core.loop.SnapshotBoard;
import io.tamada.core.member.Member;
import io.tamada.core.port.ClusterStore.WriteOutcome;
import io.tamada.core.port.ControlStore;
import io.tamada.core.port.ControlStore.Sight;
import io.tamada.core.port.ControlStore.StoredConfig;
import java.time.Duration;
import java.util.List;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `/config`: changes the dynamic configuration of the cluster.
final class ConfigRequests {

    private static final Logger LOG = LoggerFactory.getLogger(ConfigRequests.class);
    private static final Duration STORE_WITHIN = Duration.ofSeconds(5);
    private static final Duration SEEN_WITHIN = Duration.ofSeconds(1);

    private final ControlStore store;
    private final ConfigCheck check;
    private final SnapshotBoard snapshots;
    private final Waiting waits;

    ConfigRequests(ControlStore store, ConfigCheck check, SnapshotBoard snapshots, Waiting waits) {
        this.store = store;
        this.check = check;
        this.snapshots = snapshots;
        this.waits = waits;
    }

    Reply patch(ObjectNode patch, Caller caller, Author author) {
        Reply refused = whyRefused(patch, caller);
        if (refused != null) {
            return refused;
        }
        if (!(store.read(STORE_WITHIN) instanceof Sight.Seen(_, StoredConfig stored))) {
            return Reply.sentence(503, "the configuration cannot be read from the store");
        }
        ObjectNode config = stored == null ? null : Body.parse(stored.json());
        if (stored == null || config == null) {
            return Reply.sentence(503, "there is no configuration in the store");
        }
        if (!ConfigPatch.apply(config, patch)) {
            return Reply.json(200, Body.write(config));
        }
        Reply unusable = unusable(stored.json(), config);
        if (unusable != null) {
            return unusable;
        }
        String json = Body.write(config);
        return switch (store.replaceConfig(json, stored.revision(), author, STORE_WITHIN)) {
            case WriteOutcome.Done() -> {
                // Without what was set: rules of pg_hba and commands hold passwords.
                LOG.info(
                        "the configuration was changed over the API by {}: {}",
                        author.by(),
                        String.join(", ", ConfigPatch.pathsIn(patch)));
                tellDoubts(stored.json(), json);
                awaitSeen(config);
                yield Reply.json(200, json);
            }
            case WriteOutcome.Refused(String reason) ->
                    Reply.sentence(409, "the configuration was changed meanwhile: " + reason);
            case WriteOutcome.Unknown(String reason) -> Reply.sentence(503, reason);
        };
    }

    Reply put(ObjectNode config, Caller caller, Author author) {
        Reply refused = whyRefused(config, caller);
        if (refused == null) {
            refused = unusable(null, config);
        }
        if (refused != null) {
            return refused;
        }
        String json = Body.write(config);
        return switch (store.putConfig(json, author, STORE_WITHIN)) {
            case WriteOutcome.Done() -> {
                LOG.info("the configuration was replaced over the API by {}", author.by());
                tellDoubts(null, json);
                awaitSeen(config);
                yield Reply.json(200, json);
            }
            case WriteOutcome.Refused(String reason) -> Reply.sentence(502, reason);
            case WriteOutcome.Unknown(String reason) -> Reply.sentence(502, reason);
        };
    }

    private void tellDoubts(@Nullable String before, String after) {
        for (String doubt : check.doubts(before, after)) {
            LOG.warn("in the configuration that was written: {}", doubt);
        }
    }

    /// A Patroni below 4.0 would promote any standby that the `sync` key lists.
    private @Nullable String whyNoQuorum(ObjectNode config) {
        Snapshot now = snapshots.latest();
        ClusterView view = now == null ? null : now.view();
        if (view == null || !config.path("synchronous_mode").asText().equalsIgnoreCase("quorum")) {
            return null;
        }
        for (Member member : view.members()) {
            if (!member.knowsQuorum()) {
                return "synchronous_mode: quorum: %s runs Patroni %s, which does not know it; from 4.0 on it does"
                        .formatted(member.name(), member.version());
            }
        }
        return null;
    }

    /// Until this node knows it too: who asks next is to see what has been written.
    private void awaitSeen(ObjectNode config) {
        Waiting.Deadline patience = waits.until(SEEN_WITHIN);
        while (!isSeen(config)) {
            if (!patience.pause()) {
                return;
            }
        }
    }

    private boolean isSeen(ObjectNode config) {
        Snapshot now = snapshots.latest();
        ClusterView view = now == null ? null : now.view();
        return view != null
                && view.config() != null
                && config.equals(Body.parse(view.config().json()));
    }

    /// What makes every node run a command is for those who have shown a password or a certificate.
    private static @Nullable Reply whyRefused(ObjectNode document, Caller caller) {
        SortedSet<String> commands = ConfigPatch.commandsIn(document);
        return commands.isEmpty() || caller == Caller.AUTHENTICATED
                ? null
                : Reply.sentence(
                        403,
                        String.join(", ", commands)
                                + " would run a command on every node; it can be set only with"
                                + " credentials (restapi.authentication), or by `tamada"
                                + " edit-config`");
    }

    /// @param before what is stored, where the new one is a change of it.
    private @Nullable Reply unusable(@Nullable String before, ObjectNode config) {
        String tooOld = whyNoQuorum(config);
        if (tooOld != null) {
            return Reply.sentence(422, tooOld);
        }
        List<String> mistakes = check.newMistakes(before, Body.write(config));
        return mistakes.isEmpty() ? null : Reply.sentence(422, String.join("; ", mistakes));
    }
}
