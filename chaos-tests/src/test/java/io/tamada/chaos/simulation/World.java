package io.tamada.chaos.simulation;

import io.tamada.core.member.MemberName;
import io.tamada.core.postgres.Upstream;
import io.tamada.dcs.ClusterKeys;
import io.tamada.dcs.kv.Bytes;
import io.tamada.dcs.kv.EtcdKv.KeyValue;
import io.tamada.dcs.kv.Txn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Everything that one run consists of, and where each part finds the others.
final class World {

    static final String NAMESPACE = "/service";
    static final String SCOPE = "sim";

    private final Options options;
    private final Scheduler scheduler = new Scheduler();
    private Weather weather = Weather.CALM;
    private final Trace trace;
    private final SimNetwork network;
    private final SimEtcd etcd;
    private final Operator operator;
    private final Archive archive;
    private final Switchovers switchovers;
    private final Timelines timelines;
    private final List<Node> nodes = new ArrayList<>();
    private final List<SimInstance> instances = new ArrayList<>();
    private final RunReport report = new RunReport();
    private final Simulation.Manner manner;
    private long longestTtlNanos;
    private int etcdRestores;
    private boolean restoring;
    private long etcdRepairedAtNanos = Long.MIN_VALUE / 2;
    private @Nullable Violation violation;
    private boolean touched;
    private Settings settings;

    World(Options options, SplittableRandom random, Simulation.Manner manner) {
        this.options = options;
        this.manner = manner;
        this.settings = options.cluster().settings();
        this.longestTtlNanos = options.ttlNanos();
        this.trace = new Trace(scheduler, manner.echo());
        this.network =
                new SimNetwork(options.cluster().nodes(), options.pace().latency(), random.split());
        SplittableRandom clocks = random.split();
        this.etcd = new SimEtcd(scheduler, drift(clocks));
        this.operator = new Operator(this);
        this.archive = new Archive(this, options.cluster().archive());
        this.switchovers = new Switchovers(this);
        this.timelines = new Timelines(this);
        for (int i = 0; i < options.cluster().nodes(); i++) {
            SimClock clock = new SimClock(scheduler, clocks.nextLong(1L << 50), drift(clocks));
            Node node = new Node(i, this, clock, random.split());
            nodes.add(node);
            instances.add(node.instance());
        }
    }

    private double drift(SplittableRandom clocks) {
        return (clocks.nextDouble() * 2 - 1) * options.cluster().driftPartsPerMillion();
    }

    Options options() {
        return options;
    }

    Scheduler scheduler() {
        return scheduler;
    }

    long nowNanos() {
        return scheduler.nowNanos();
    }

    Weather weather() {
        return weather;
    }

    void changeWeather(Weather next) {
        weather = next;
    }

    Trace trace() {
        return trace;
    }

    SimNetwork network() {
        return network;
    }

    SimEtcd etcd() {
        return etcd;
    }

    Switchovers switchovers() {
        return switchovers;
    }

    Archive archive() {
        return archive;
    }

    Operator operator() {
        return operator;
    }

    Timelines timelines() {
        return timelines;
    }

    List<Node> nodes() {
        return nodes;
    }

    List<SimInstance> instances() {
        return instances;
    }

    RunReport report() {
        return report;
    }

    Mutation mutation() {
        return manner.mutation();
    }

    /// What the operator wants in the store, and in it as soon as there is a configuration.
    Settings settings() {
        return settings;
    }

    /// What the agents bring along for a store that has none yet.
    String bootstrapJson() {
        return Mutants.settings(this, options.cluster().settings()).json();
    }

    private String configJson() {
        return Mutants.settings(this, settings).json();
    }

    void configure(Settings wanted) {
        configure(wanted, false);
    }

    /// @param anew also where the store has none, as an operator does in whose lost configuration
    ///     the cluster was paused: then nobody else writes it.
    void configure(Settings wanted, boolean anew) {
        settings = wanted;
        longestTtlNanos = Math.max(longestTtlNanos, wanted.timing().ttl().toNanos());
        Bytes key = Bytes.utf8(new ClusterKeys(NAMESPACE, SCOPE).prefix().text() + "config");
        if (anew || etcd.peek(key) != null) {
            trace.line("etcd", "config", configJson());
            etcd.txn(
                    new Txn(
                            List.of(),
                            List.of(new Txn.Op.Put(key, Bytes.utf8(configJson()), 0)),
                            List.of()));
        }
    }

    /// What etcd holds is replaced by what it held once, or by nothing.
    void restoreEtcd(SimEtcd.Snapshot snapshot) {
        // Whoever has been granted a ttl before may believe for that long.
        etcdRepairedAtNanos = nowNanos() + longestTtlNanos;
        etcdRestores++;
        restoring = true;
        etcd.restore(snapshot);
        restoring = false;
        // Whoever restores an old configuration brings it up to date.
        configure(settings);
        touchAfter(Duration.ofNanos(longestTtlNanos).plusMillis(1));
    }

    /// Whether every agent has read etcd since that revision and since the present leader took
    /// the key.
    boolean hasEveryoneSeenMoreThan(long revision) {
        Bytes key = Bytes.utf8(new ClusterKeys(NAMESPACE, SCOPE).prefix().text() + "leader");
        var leader = etcd.peek(key);
        return leader != null
                && nodes.stream()
                        .allMatch(
                                node ->
                                        node.agent() != null
                                                && node.agent().seenRevision() > revision
                                                && node.agent().seenRevision()
                                                        >= leader.modRevision());
    }

    /// What the operator's manual says for a restored etcd without a primary: the members that the
    /// old `failsafe` key does not name could not lead, and one of them may be the most advanced.
    void forgetFailsafe() {
        String prefix = new ClusterKeys(NAMESPACE, SCOPE).prefix().text();
        boolean isLed =
                etcd.peek(Bytes.utf8(prefix + "leader")) != null
                        || nodes.stream().anyMatch(node -> node.instance().acceptsWrites());
        if (!isLed) {
            Txn.Op delete = new Txn.Op.Delete(Bytes.utf8(prefix + "failsafe"));
            etcd.txn(new Txn(List.of(), List.of(delete), List.of()));
        }
    }

    int etcdRestores() {
        return etcdRestores;
    }

    /// Whether what etcd tells just now comes from a snapshot.
    boolean isRestoringEtcd() {
        return restoring;
    }

    /// The longest ttl that has been in force; what was granted once may be believed for that long.
    long longestTtlNanos() {
        return longestTtlNanos;
    }

    /// Whether what is wrong in the store is younger than any lease.
    boolean isEtcdJustRestored() {
        return nowNanos() <= etcdRepairedAtNanos;
    }

    /// Asks for another leader.
    void request(String json) {
        trace.line("etcd", "failover", json);
        etcd.txn(
                new Txn(
                        List.of(),
                        List.of(new Txn.Op.Put(failoverKey(), Bytes.utf8(json), 0)),
                        List.of()));
    }

    /// Whether somebody waits for another leader.
    boolean isAsked() {
        KeyValue key = etcd.peek(failoverKey());
        return key != null && !key.value().text().equals("{}");
    }

    private static Bytes failoverKey() {
        return Bytes.utf8(new ClusterKeys(NAMESPACE, SCOPE).prefix().text() + "failover");
    }

    /// Something has changed that an invariant speaks of. Nothing else is a reason to check them,
    /// but for the passing of time, which whoever waits for it announces as well.
    void touch() {
        touched = true;
    }

    /// From now on something is excused, for so long.
    void touchAfter(Duration excuse) {
        touched = true;
        scheduler.after(excuse.toNanos() + 1, this::touch);
    }

    boolean takeTouched() {
        boolean was = touched;
        touched = false;
        return was;
    }

    boolean isOver() {
        return violation != null;
    }

    Node node(MemberName name) {
        for (Node node : nodes) {
            if (node.name().equals(name.value())) {
                return node;
            }
        }
        throw new IllegalArgumentException("no node " + name);
    }

    @Nullable SimInstance instanceAt(Upstream upstream) {
        for (Node node : nodes) {
            if (Node.host(node.index()).equals(upstream.host())) {
                return node.instance();
            }
        }
        return null;
    }

    /// Only the first counts: what follows from it is not news.
    void violation(Violation.Kind kind, String details) {
        if (violation == null) {
            violation = new Violation(nowNanos(), kind, details);
            trace.line("check", "VIOLATION", kind + ": " + details);
        }
    }

    @Nullable Violation violation() {
        return violation;
    }
}
