package io.tamada.dcs;

import io.tamada.core.member.MemberName;
import io.tamada.dcs.codec.MemberCodec;
import io.tamada.dcs.kv.Bytes;
import io.tamada.dcs.kv.KeyRange;
import org.jspecify.annotations.Nullable;

/// Where the keys of one cluster stand: `/NAMESPACE/SCOPE/…`, repeated slashes as one, as in
/// Patroni.
public final class ClusterKeys {

    private static final String MEMBERS = "members/";

    private final String prefix;
    final Bytes leader;
    final Bytes initialize;
    final Bytes config;
    final Bytes history;
    final Bytes status;
    final Bytes sync;
    final Bytes timeline;
    final Bytes failsafe;
    final Bytes failover;
    final Bytes rebuild;
    final Bytes leaders;
    final Bytes configHistory;

    public ClusterKeys(String namespace, String scope) {
        prefix = ("/" + namespace + "/" + scope + "/").replaceAll("/+", "/");
        leader = key("leader");
        initialize = key("initialize");
        config = key("config");
        history = key("history");
        status = key("status");
        sync = key("sync");
        timeline = key("timeline");
        failsafe = key("failsafe");
        failover = key("failover");
        rebuild = key("tamada/rebuild");
        leaders = key("tamada/leaders");
        configHistory = key("tamada/config_history");
    }

    public Bytes prefix() {
        return Bytes.utf8(prefix);
    }

    KeyRange all() {
        return new KeyRange.Prefix(prefix());
    }

    Bytes member(MemberName name) {
        return key(MEMBERS + name);
    }

    private Bytes key(String name) {
        return Bytes.utf8(prefix + name);
    }

    /// The key without the prefix.
    String nameOf(Bytes key) {
        return key.text().substring(prefix.length());
    }

    /// Whether this change of a key is a reason for `self` to look at the cluster at once. What
    /// moves all the time is not: positions, in `status` or in a member, would make the members
    /// wake each other for ever. Neither is a key that was only moved to another lease.
    ///
    /// @param before the value before the change, null when there was none.
    /// @param after the value after it, null when the key was deleted.
    public boolean wakes(
            MemberName self, Bytes key, @Nullable Bytes before, @Nullable Bytes after) {
        if (!key.startsWith(prefix())) {
            return false;
        }
        String name = nameOf(key);
        return switch (name) {
            case "status",
                    "optime/leader",
                    "failsafe",
                    "timeline",
                    "tamada/leaders",
                    "tamada/config_history" ->
                    false;
            case String member when member.startsWith(MEMBERS) ->
                    // One's own record is news only when somebody has deleted it.
                    (!member.equals(MEMBERS + self) || after == null)
                            && (before == null
                                    || after == null
                                    || MemberCodec.differBeyondPositions(before, after));
            case String _ -> before == null || !before.equals(after);
        };
    }
}
