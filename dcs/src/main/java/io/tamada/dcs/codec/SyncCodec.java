package io.tamada.dcs.codec;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tamada.core.cluster.SyncState;
import io.tamada.dcs.kv.Bytes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The value of the `sync` key.
public final class SyncCodec {

    private SyncCodec() {}

    public static Bytes encode(SyncState state) {
        List<String> sorted = new ArrayList<>(state.standbys());
        sorted.sort(null);
        ObjectNode json = Json.object();
        json.put("leader", state.leader());
        json.put("sync_standby", sorted.isEmpty() ? null : String.join(",", sorted));
        json.put("quorum", state.quorum());
        return Json.write(json);
    }

    /// Null when the value is not a synchronous state. One without a leader says that there is
    /// none.
    static RequestCodec.@Nullable Said<SyncState> decode(Bytes value) {
        ObjectNode json = RequestCodec.objectOrNothing(value);
        if (json == null) {
            return null;
        }
        String leader = RequestCodec.nonEmpty(Json.scalar(json, "leader"));
        if (leader == null) {
            return new RequestCodec.Said<>(null);
        }
        List<String> standbys = new ArrayList<>();
        String names = Json.scalar(json, "sync_standby");
        if (names != null) {
            for (String name : names.split(",", -1)) {
                if (!name.isBlank()) {
                    standbys.add(name.strip());
                }
            }
        }
        Long quorum = Json.whole(json, "quorum");
        int votes = quorum == null ? 0 : Math.clamp(quorum.longValue(), 0, Integer.MAX_VALUE);
        return new RequestCodec.Said<>(new SyncState(leader, standbys, votes));
    }
}
