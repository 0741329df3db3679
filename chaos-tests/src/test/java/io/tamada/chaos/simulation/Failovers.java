package io.tamada.chaos.simulation;

import io.tamada.core.cluster.ClusterStatus;
import io.tamada.dcs.ClusterKeys;
import io.tamada.dcs.codec.StatusCodec;
import io.tamada.dcs.kv.Bytes;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// What each failover cost, and whether whoever was promoted had enough of the WAL to be (I3, I4).
///
/// With asynchronous replication the bound is what `maximum_lag_on_failover` says, counted from
/// the position that the last leader has published; what was written after that nobody can know.
final class Failovers {

    private final World world;
    private final Bytes statusKey;
    private final Set<String> askedFor = new TreeSet<>();
    private long publishedLsn;

    Failovers(World world) {
        this.world = world;
        this.statusKey =
                Bytes.utf8(
                        new ClusterKeys(World.NAMESPACE, World.SCOPE).prefix().text() + "status");
        world.etcd().watch(this::noteRequests);
    }

    private void noteRequests(List<SimEtcd.Change> changes) {
        for (SimEtcd.Change change : changes) {
            if (change.key().equals(statusKey) && !world.operator().isDeleting()) {
                // What was published once was known, whoever deletes it.
                ClusterStatus said =
                        change.after() == null ? null : StatusCodec.decode(change.after());
                publishedLsn = said == null ? 0 : said.optime().value();
            }
            String wanted = change.after() == null ? "" : change.after().text();
            if (change.key().text().endsWith("/failover")) {
                for (Node node : world.nodes()) {
                    if (wanted.contains("\"" + node.name() + "\"")) {
                        askedFor.add(node.name());
                    }
                }
            }
        }
    }

    /// A server has become primary.
    ///
    /// @param leads whether it holds the leader key; who does not was let begin before others led.
    void noteBeginning(Node node, boolean leads) {
        Branch branch = node.instance().branch();
        Branch parent = branch.parent;
        if (parent == null || branch.forkLsn != node.instance().flushedLsn()) {
            // The first of its cluster, or one that goes on where it was.
            return;
        }
        long lost = Math.max(0, parent.acknowledgedLsn() - branch.forkLsn);
        world.report().failover(lost);
        world.switchovers().began(node.instance(), lost);
        if (askedFor.remove(node.name()) || world.operator().asksFor(node.name())) {
            // Whoever is named by the operator leads with what it has, as in Patroni.
            return;
        }
        if (!leads) {
            return;
        }
        long bound = world.settings().maximumLag();
        long published = publishedLsn;
        if (published - branch.forkLsn > bound) {
            world.violation(
                    Violation.Kind.PROMOTED_TOO_FAR_BEHIND,
                    node.name()
                            + " is promoted "
                            + (published - branch.forkLsn)
                            + " bytes behind the published position; the bound is "
                            + bound);
        }
    }
}
