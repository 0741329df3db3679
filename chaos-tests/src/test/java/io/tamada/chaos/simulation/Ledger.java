package io.tamada.chaos.simulation;

import io.tamada.core.cluster.SynchronousMode;
import io.tamada.dcs.kv.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Who wrote what, and what was promised: one writer pinned to every node, past any proxy, with
/// numbered transactions.
final class Ledger {

    /// @param promised whether synchronous mode was in force, as the store says.
    private record Acknowledged(
            int transaction, boolean excused, boolean promised, Node by, long atNanos) {}

    private static final long NOT_WRITING = -1;

    private final World world;
    private final Invariants invariants;
    private final List<Acknowledged> acknowledged = new ArrayList<>();
    private final long[] writingLife;
    private final Bytes syncKey = Bytes.utf8(World.NAMESPACE + "/" + World.SCOPE + "/sync");
    private int transactions;
    private boolean recorded;
    private boolean open = true;

    Ledger(World world, Invariants invariants) {
        this.world = world;
        this.invariants = invariants;
        this.writingLife = new long[world.nodes().size()];
        Arrays.fill(writingLife, NOT_WRITING);
        world.etcd().watch(this::noteSync);
    }

    /// From the first record of a synchronous leader on, and no earlier, a promise is given. It
    /// does not end because somebody deletes the record by hand.
    private void noteSync(List<SimEtcd.Change> changes) {
        for (SimEtcd.Change change : changes) {
            if (change.key().equals(syncKey)) {
                recorded = change.after() != null || (recorded && world.operator().isDeleting());
            }
        }
    }

    /// The writer of one node: it begins whenever the server takes writes, and goes on as long as
    /// it does.
    void attach(Node node) {
        SimInstance instance = node.instance();
        instance.onChange(
                () -> {
                    if (instance.acceptsWrites() && writingLife[node.index()] != instance.life()) {
                        writingLife[node.index()] = instance.life();
                        write(node, instance.life());
                    }
                });
    }

    private void write(Node node, long life) {
        SimInstance instance = node.instance();
        if (!open || life != instance.life() || !instance.admitsClients()) {
            writingLife[node.index()] = NOT_WRITING;
            return;
        }
        int transaction = transactions++;
        instance.write(
                transaction,
                () -> {
                    boolean excused = invariants.isExcused(node);
                    boolean promised = isPromised();
                    acknowledged.add(
                            new Acknowledged(
                                    transaction, excused, promised, node, world.nowNanos()));
                    if (invariants.isKept(node)) {
                        world.report().acknowledgedByConsent++;
                        world.report().promisedByConsent += promised ? 1 : 0;
                    }
                    instance.branch().noteAcknowledged(instance.flushedLsn(), excused);
                });
        // On the server's machine: what is due while it is frozen happens when it thaws.
        node.machine().after(world.options().pace().writeEvery(), () -> write(node, life));
    }

    private boolean isPromised() {
        return world.options().cluster().synchronousMode() != SynchronousMode.OFF && recorded;
    }

    void close() {
        open = false;
    }

    /// Compares the promises with what the surviving line holds.
    void settle(SimInstance primary) {
        boolean[] present = new boolean[transactions];
        primary.branch().collect(primary.flushedLsn(), present);
        RunReport report = world.report();
        int lostPromises = 0;
        String first = "";
        report.acknowledged += acknowledged.size();
        for (Acknowledged promise : acknowledged) {
            if (promise.excused) {
                report.acknowledgedWhileExcused++;
            } else if (!present[promise.transaction]) {
                report.lostToFailover++;
                if (promise.promised) {
                    lostPromises++;
                    if (first.isEmpty()) {
                        first = promise.by.name() + " at " + Trace.seconds(promise.atNanos);
                    }
                }
            }
        }
        if (lostPromises > 0) {
            world.violation(
                    Violation.Kind.TRANSACTION_LOST,
                    lostPromises
                            + " transactions that synchronous mode has promised are gone, the first"
                            + " acknowledged by "
                            + first);
        }
        if (report.lostToFailover > 0 && report.faultCount() == 0) {
            world.violation(
                    Violation.Kind.TRANSACTION_LOST,
                    report.lostToFailover + " acknowledged transactions are gone without a fault");
        }
    }
}
