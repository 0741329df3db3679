package io.tamada.dcs.codec;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ClusterStatus;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.FailoverRequest;
import io.tamada.core.cluster.FailsafeMembers;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.cluster.LeaderKey;
import io.tamada.core.cluster.SyncState;
import io.tamada.core.cluster.SystemIdentifier;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberName;
import io.tamada.core.wal.Timeline;
import io.tamada.core.wal.TimelineHistory;
import io.tamada.dcs.kv.Bytes;
import io.tamada.dcs.kv.EtcdKv.KeyValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Makes one view of a cluster out of the keys below its prefix.
///
/// A value that cannot be read does not break the view: a member is left out, anything else stays
/// as it was last understood. A value is decoded only when it has changed, so each complaint
/// about it is made once.
public final class ClusterViewCodec {

    private static final String MEMBERS = "members/";

    private final Warnings warnings;
    private final Remembered<ClusterConfig> config;
    private final Remembered<TimelineHistory> history;
    private final Remembered<ClusterStatus> status;
    private final Remembered<RequestCodec.Said<SyncState>> sync;
    private final Remembered<RequestCodec.Said<FailoverRequest>> failover;
    private final Remembered<SortedMap<String, String>> failsafe;
    private final Remembered<Timeline> claimed;
    private Map<String, Decoded> members = new HashMap<>();

    private record Decoded(Bytes value, @Nullable Member member) {}

    public ClusterViewCodec(Warnings warnings) {
        this.warnings = warnings;
        config = new Remembered<>("config", v -> ClusterConfigCodec.decode(v, warnings), warnings);
        history = new Remembered<>("history", HistoryCodec::decode, warnings);
        status = new Remembered<>("status", StatusCodec::decode, warnings);
        sync = new Remembered<>("sync", SyncCodec::decode, warnings);
        failover = new Remembered<>("failover", RequestCodec::failover, warnings);
        failsafe = new Remembered<>("failsafe", RequestCodec::failsafe, warnings);
        claimed = new Remembered<>("timeline", ClusterViewCodec::timeline, warnings);
    }

    /// @param keys the keys without their common prefix, such as `members/node-a`.
    public ClusterView decode(long revision, Map<String, KeyValue> keys) {
        KeyValue historyKey = keys.get("history");
        KeyValue syncKey = keys.get("sync");
        RequestCodec.Said<SyncState> syncSaid = sync.of(syncKey);
        RequestCodec.Said<FailoverRequest> failoverSaid = failover.of(keys.get("failover"));
        return new ClusterView(
                revision,
                initialization(keys.get("initialize")),
                leader(keys.get("leader")),
                members(keys),
                config.of(keys.get("config")),
                orElse(history.of(historyKey), TimelineHistory.EMPTY),
                historyKey == null ? 0 : historyKey.modRevision(),
                status(keys),
                syncKey == null ? null : syncSaid == null ? SyncState.UNREADABLE : syncSaid.value(),
                syncKey == null ? 0 : syncKey.modRevision(),
                request(failoverSaid, keys.get("failover")),
                failsafe(keys.get("failsafe")),
                claimed.of(keys.get("timeline")),
                rebuilding(keys.get("tamada/rebuild")));
    }

    private static @Nullable MemberName rebuilding(@Nullable KeyValue key) {
        if (key == null) {
            return null;
        }
        String name = key.value().text();
        return isMemberName(name) ? new MemberName(name) : NOBODY;
    }

    private static @Nullable FailoverRequest request(
            RequestCodec.@Nullable Said<FailoverRequest> said, @Nullable KeyValue key) {
        FailoverRequest request = said == null ? null : said.value();
        return request == null || key == null
                ? null
                : new FailoverRequest(
                        request.leader(),
                        request.candidate(),
                        request.scheduledAt(),
                        request.scheduledEpochMillis(),
                        key.modRevision());
    }

    private FailsafeMembers failsafe(@Nullable KeyValue key) {
        return new FailsafeMembers(
                orElse(failsafe.of(key), new TreeMap<>()), key == null ? 0 : key.modRevision());
    }

    private static <T> T orElse(@Nullable T value, T instead) {
        return value == null ? instead : value;
    }

    /// A value that is neither empty nor an identifier is somebody's unfinished claim to us: not
    /// absent, because nobody may run initdb over it.
    private static Initialization initialization(@Nullable KeyValue key) {
        if (key == null) {
            return new Initialization.Absent();
        }
        String value = key.value().text();
        try {
            return new Initialization.Done(new SystemIdentifier(value));
        } catch (IllegalArgumentException _) {
            return new Initialization.InProgress(key.createRevision());
        }
    }

    private static @Nullable LeaderKey leader(@Nullable KeyValue key) {
        if (key == null) {
            return null;
        }
        String name = key.value().text();
        return new LeaderKey(
                isMemberName(name) ? new MemberName(name) : NOBODY,
                key.createRevision(),
                key.modRevision(),
                key.leaseId());
    }

    /// Stands for a leader key without a usable name: the lock is taken all the same.
    private static final MemberName NOBODY = new MemberName("?");

    /// The number in digits, as it is in no key of Patroni's.
    private static @Nullable Timeline timeline(Bytes value) {
        try {
            return new Timeline(Integer.parseInt(value.text()));
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    private static boolean isMemberName(String text) {
        return !text.isEmpty() && text.indexOf('/') < 0;
    }

    private ClusterStatus status(Map<String, KeyValue> keys) {
        ClusterStatus said = status.of(keys.get("status"));
        if (said != null) {
            return said;
        }
        KeyValue legacy = keys.get("optime/leader");
        ClusterStatus optime =
                legacy == null ? null : StatusCodec.decodeLegacyOptime(legacy.value());
        return optime == null ? ClusterStatus.EMPTY : optime;
    }

    private List<Member> members(Map<String, KeyValue> keys) {
        Map<String, Decoded> seen = new HashMap<>();
        List<Member> found = new ArrayList<>();
        for (Map.Entry<String, KeyValue> entry : new TreeMap<>(keys).entrySet()) {
            String key = entry.getKey();
            if (!key.startsWith(MEMBERS) || !isMemberName(key.substring(MEMBERS.length()))) {
                continue;
            }
            String name = key.substring(MEMBERS.length());
            Bytes value = entry.getValue().value();
            Decoded decoded = members.get(name);
            if (decoded == null || !decoded.value().equals(value)) {
                decoded =
                        new Decoded(
                                value, MemberCodec.decode(new MemberName(name), value, warnings));
            }
            seen.put(name, decoded);
            if (decoded.member() != null) {
                found.add(decoded.member());
            }
        }
        members = seen;
        return found;
    }
}
