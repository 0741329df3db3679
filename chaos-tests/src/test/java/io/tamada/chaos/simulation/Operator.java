package io.tamada.chaos.simulation;

import io.tamada.dcs.ClusterKeys;
import io.tamada.dcs.kv.Bytes;
import io.tamada.dcs.kv.EtcdKv.KeyValue;
import io.tamada.dcs.kv.Txn;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Somebody with a shell: what is done to the cluster past the agents.
final class Operator {

    private final World world;
    private boolean deleting;

    Operator(World world) {
        this.world = world;
    }

    /// `etcdctl del` of one of the cluster's keys.
    ///
    /// @param name without the cluster's prefix.
    /// @return false when there is no such key, or etcd takes no orders just now.
    boolean delete(String name) {
        Bytes key = key(name);
        if (!world.etcd().hasLeader() || world.etcd().peek(key) == null) {
            return false;
        }
        world.trace().line("etcd", "deleted by hand", name);
        deleting = true;
        world.etcd().txn(new Txn(List.of(), List.of(new Txn.Op.Delete(key)), List.of()));
        deleting = false;
        return true;
    }

    /// Whether the change of a key that is being announced is the operator's own.
    boolean isDeleting() {
        return deleting;
    }

    boolean has(String name) {
        return world.etcd().hasLeader() && world.etcd().peek(key(name)) != null;
    }

    @Nullable KeyValue read(String name) {
        return world.etcd().peek(key(name));
    }

    /// Whether a request that names this member stands in the store.
    boolean asksFor(String name) {
        KeyValue request = read("failover");
        return request != null && request.value().text().contains("\"" + name + "\"");
    }

    private static Bytes key(String name) {
        return Bytes.utf8(new ClusterKeys(World.NAMESPACE, World.SCOPE).prefix().text() + name);
    }
}
