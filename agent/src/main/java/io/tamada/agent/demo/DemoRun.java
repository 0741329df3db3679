package io.tamada.agent.demo;

import io.tamada.agent.haproxy.ClusterDocument;
import io.tamada.agent.haproxy.ClusterDocument.Member;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The story of one demo, told on one thread: start, watch, break, mend, verify, clean up.
final class DemoRun {

    static final int WHOLE = 0;
    static final int BROKEN = 1;

    private static final Duration START = Duration.ofMinutes(2);
    private static final Duration SETTLE = Duration.ofMinutes(1);
    private static final Duration PREPARE = Duration.ofSeconds(20);
    private static final Duration VERIFY = Duration.ofSeconds(20);
    private static final Duration REDRAW = Duration.ofMillis(250);
    private static final Duration REMARK = Duration.ofSeconds(10);

    /// No kill later than this before the end, or the end finds the cluster in the middle of it.
    private static final Duration LAST_KILL = Duration.ofSeconds(15);

    /// A stop by signal waits for the cleaning up this long.
    private static final Duration CLEAN_UP = Duration.ofMinutes(2);

    private final DemoSettings settings;
    private final Screen screen;
    private final Keyboard keyboard;
    private final DemoPorts ports;
    private final DemoDirectory directory;
    private final DemoCluster cluster;
    private final DemoDatabase database;
    private final Writer writer;
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile boolean stopping;

    private @Nullable ClusterPoll poll;
    private boolean writing;
    private String leader = "";
    private long leaderLostNanos;
    private long interruptionSeenMillis = -1;
    private long remarkedNanos;

    private DemoRun(
            DemoSettings settings,
            Screen screen,
            Keyboard keyboard,
            DemoPorts ports,
            DemoDirectory directory,
            DemoCluster cluster) {
        this.settings = settings;
        this.screen = screen;
        this.keyboard = keyboard;
        this.ports = ports;
        this.directory = directory;
        this.cluster = cluster;
        this.database = new DemoDatabase(ports.write(), cluster.secrets());
        this.writer = new Writer(ports.write(), cluster.secrets());
    }

    static DemoRun prepare(DemoSettings settings, Screen screen, Keyboard keyboard)
            throws DemoFailure {
        Account account = Account.current();
        // Before anything exists that would have to be removed again.
        Binaries.etcd();
        Binaries.haproxy();
        DemoPorts ports = DemoPorts.choose(settings.nodes());
        DemoDirectory directory = DemoDirectory.create(account, System.getenv("TMPDIR"));
        var cluster = new DemoCluster(settings, account, directory, ports);
        return new DemoRun(settings, screen, keyboard, ports, directory, cluster);
    }

    /// Ends the demo from another thread and waits until everything is cleaned up.
    void stop() {
        stopping = true;
        try {
            if (!done.await(CLEAN_UP.toMillis(), TimeUnit.MILLISECONDS)) {
                System.err.println("tamada demo: gave up cleaning up " + directory.root());
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// Runs to the end and returns the exit code.
    int run() {
        int exitCode = BROKEN;
        try {
            exitCode = tell();
        } catch (DemoFailure failure) {
            screen.end();
            screen.say("tamada demo: " + failure.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            try {
                exitCode = Math.max(exitCode, cleanUp(exitCode));
            } finally {
                done.countDown();
            }
        }
        return exitCode;
    }

    private int tell() throws DemoFailure, InterruptedException {
        long started = System.nanoTime();
        ports.notices().forEach(screen::say);
        screen.say(
                "Starting etcd, HAProxy and %d node(s) in %s"
                        .formatted(settings.nodes(), directory.root()));
        cluster.startEtcd();
        cluster.startHaproxy();
        cluster.startNodes();
        poll = ClusterPoll.start(ports.rest());
        if (!awaitWhole(START)) {
            if (stopping) {
                return WHOLE;
            }
            throw new DemoFailure(
                    "the cluster is not complete after %d s; the nodes' logs are in %s"
                            .formatted(START.toSeconds(), directory.root().resolve("log")));
        }
        prepareDatabase();
        introduce(Duration.ofNanos(System.nanoTime() - started));
        writer.start();
        writing = true;
        return watch();
    }

    private int watch() throws DemoFailure, InterruptedException {
        Duration runFor = settings.runFor();
        Duration killEvery = settings.killEvery();
        long start = System.nanoTime();
        long lastKill = start;
        while (!stopping && !screen.isClosed()) {
            long now = System.nanoTime();
            if (runFor != null && now - start >= runFor.toNanos()) {
                return finish();
            }
            Keyboard.Key key = keyboard.next(REDRAW);
            if (key == Keyboard.Key.QUIT) {
                break;
            }
            if (key == Keyboard.Key.KILL) {
                killLeader();
            }
            boolean early = runFor == null || now - start < runFor.minus(LAST_KILL).toNanos();
            if (killEvery != null && early && now - lastKill >= killEvery.toNanos()) {
                if (looksWhole()) {
                    killLeader();
                    lastKill = now;
                }
            }
            revive(key == Keyboard.Key.REVIVE ? Duration.ZERO : settings.reviveAfter());
            observe();
        }
        screen.end();
        writer.close();
        return report() ? WHOLE : BROKEN;
    }

    /// The end of `--for`: everybody back, everything there, or the exit code says no.
    private int finish() throws DemoFailure, InterruptedException {
        revive(Duration.ZERO);
        boolean whole = awaitWhole(SETTLE);
        writer.close();
        boolean sound = report();
        boolean streaming = whole && isWhole();
        screen.say(
                streaming
                        ? "The cluster is whole: one primary, %d streaming standby(s)."
                                .formatted(settings.nodes() - 1)
                        : "The cluster is NOT whole: expected one primary and %d streaming standby(s)."
                                .formatted(settings.nodes() - 1));
        return streaming && sound ? WHOLE : BROKEN;
    }

    private boolean awaitWhole(Duration patience) throws DemoFailure, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!stopping && System.nanoTime() < deadline) {
            observe();
            if (looksWhole() && isWhole()) {
                return true;
            }
            if (keyboard.next(REDRAW) == Keyboard.Key.QUIT) {
                stopping = true;
            }
        }
        return false;
    }

    /// By the cluster's own word, which costs nothing.
    private boolean looksWhole() {
        ClusterDocument seen = lastSeen();
        if (seen == null || cluster.nodes().stream().anyMatch(Node::isAway)) {
            return false;
        }
        long leaders = seen.members().stream().filter(Member::leads).count();
        long followers = seen.members().stream().filter(Member::follows).count();
        return leaders == 1 && followers == settings.nodes() - 1;
    }

    /// By PostgreSQL's word: exactly one server takes writes, and it streams to all the others.
    private boolean isWhole() {
        try {
            int primaries = 0;
            for (Node node : cluster.nodes()) {
                if (database.isPrimary(node.postgresPort())) {
                    primaries++;
                }
            }
            return primaries == 1 && database.streamingStandbys() == settings.nodes() - 1;
        } catch (SQLException _) {
            return false;
        }
    }

    private void prepareDatabase() throws DemoFailure, InterruptedException {
        long deadline = System.nanoTime() + PREPARE.toNanos();
        while (!stopping) {
            try {
                database.prepare();
                return;
            } catch (SQLException notYet) {
                // HAProxy takes a moment to see a primary that the cluster knows already.
                if (System.nanoTime() > deadline) {
                    throw new DemoFailure(
                            "cannot write through HAProxy on port %d: %s"
                                    .formatted(ports.write(), notYet.getMessage()),
                            notYet);
                }
                observe();
                Thread.sleep(REDRAW);
            }
        }
    }

    private void killLeader() throws DemoFailure {
        for (Node node : cluster.nodes()) {
            if (node.name().equals(leader) && !node.isAway()) {
                node.kill();
                wentAway(node);
                return;
            }
        }
        screen.say(Clock.now() + "  nobody leads just now, so there is no leader to kill");
    }

    private void wentAway(Node node) {
        boolean led = node.name().equals(leader);
        if (led) {
            leaderLostNanos = System.nanoTime();
        }
        screen.say("%s  %s is gone%s".formatted(Clock.now(), node.name(), led ? ", it led" : ""));
    }

    private void revive(Duration after) throws DemoFailure {
        for (Node node : cluster.nodes()) {
            if (node.isAwayFor(after)) {
                // What a lone `kill -9` of the agent left running would be in its way.
                node.kill();
                node.start();
                screen.say(Clock.now() + "  " + node.name() + " is started again");
            }
        }
    }

    private void observe() throws DemoFailure {
        cluster.requireServices();
        for (Node node : cluster.nodes()) {
            if (node.wentAway()) {
                wentAway(node);
            }
        }
        noteLeader();
        noteInterruption();
        var rows = new ArrayList<MembersTable.Row>();
        for (Node node : cluster.nodes()) {
            rows.add(node.row(lastSeen(), settings.reviveAfter()));
        }
        var block = new ArrayList<String>();
        block.add("");
        block.addAll(MembersTable.render(rows));
        if (writing) {
            String status = writer.status().describe();
            block.add(status);
            if (keyboard.isThere()) {
                block.add("  k kill the leader   r bring killed nodes back   q quit");
            }
            if (System.nanoTime() - remarkedNanos >= REMARK.toNanos()) {
                remarkedNanos = System.nanoTime();
                screen.remark(Clock.now() + status);
            }
        }
        screen.show(block, MembersTable.story(rows));
    }

    private void noteLeader() throws DemoFailure {
        ClusterDocument seen = lastSeen();
        if (seen == null) {
            return;
        }
        for (Member member : seen.members()) {
            if (member.leads() && !member.name().equals(leader)) {
                leader = member.name();
                cluster.noteLeader(leader);
                String after =
                        leaderLostNanos == 0
                                ? ""
                                : ", %d ms after the last one went"
                                        .formatted(
                                                (System.nanoTime() - leaderLostNanos) / 1_000_000);
                leaderLostNanos = 0;
                screen.say("%s  %s leads%s".formatted(Clock.now(), leader, after));
            }
        }
    }

    private void noteInterruption() {
        long millis = writer.status().lastInterruptionMillis();
        if (millis != interruptionSeenMillis) {
            interruptionSeenMillis = millis;
            screen.say(Clock.now() + "  writing again after " + millis + " ms");
        }
    }

    private @Nullable ClusterDocument lastSeen() {
        return poll == null ? null : poll.last();
    }

    private void introduce(Duration took) {
        String user =
                "postgresql://%s:%s@127.0.0.1:"
                        .formatted(DemoDatabase.APPLICATION, cluster.secrets().application());
        for (String line :
                List.of(
                        "",
                        "Ready after %.1f s.".formatted(took.toMillis() / 1_000.0),
                        "  write       psql %s%d/demo".formatted(user, ports.write()),
                        "  read        psql %s%d/demo".formatted(user, ports.read()),
                        "  statistics  http://127.0.0.1:%d/".formatted(ports.statistics()),
                        "  status      http://127.0.0.1:%d/cluster"
                                .formatted(ports.rest().getFirst()),
                        "  etcd        127.0.0.1:%d, keys below /service/%s/"
                                .formatted(ports.etcdClient(), DemoCluster.SCOPE),
                        "  files       %s: node1.yml, haproxy.cfg, log/"
                                .formatted(directory.root()),
                        "Kill the leader from another shell and watch:",
                        "  " + cluster.killUsage(),
                        "Ctrl-C ends everything"
                                + (settings.disk() == DemoSettings.Disk.KEPT
                                        ? "; the files stay."
                                        : " and removes every file."),
                        "")) {
            screen.say(line);
        }
    }

    /// Says what became of the acknowledged writes; false where some are missing without an
    /// excuse, or where nobody can tell.
    private boolean report() throws InterruptedException {
        if (writer.ledger().runs().isEmpty()) {
            return settings.runFor() == null;
        }
        long deadline = System.nanoTime() + VERIFY.toNanos();
        while (true) {
            try {
                Ledger.Verdict verdict = database.verify(writer.ledger());
                screen.say("At the end: " + verdict.describe() + ".");
                return verdict.isSound();
            } catch (SQLException notNow) {
                if (System.nanoTime() > deadline) {
                    screen.say("The writes could not be counted: " + notNow.getMessage());
                    return false;
                }
                Thread.sleep(REDRAW);
            }
        }
    }

    /// The processes first: they must end whatever else goes wrong.
    private int cleanUp(int exitCode) {
        int result = exitCode;
        screen.end();
        screen.say("Stopping everything.");
        try {
            writer.close();
            if (poll != null) {
                poll.close();
            }
        } finally {
            result = Math.max(result, stopCluster());
            keyboard.close();
        }
        return Math.max(result, removeFiles(result));
    }

    private int stopCluster() {
        try {
            cluster.stop();
            return WHOLE;
        } catch (DemoFailure remaining) {
            screen.say("tamada demo: " + remaining.getMessage());
            return BROKEN;
        }
    }

    private int removeFiles(int result) {
        try {
            if (settings.disk() == DemoSettings.Disk.KEPT) {
                screen.say("Everything is stopped; the files are in " + directory.root());
            } else if (result == WHOLE) {
                directory.delete();
                screen.say("Everything is stopped and removed.");
            } else {
                directory.deleteAllButLogs();
                screen.say(
                        "Everything is stopped; the logs are in "
                                + directory.root().resolve("log"));
            }
            return WHOLE;
        } catch (IOException undeletable) {
            screen.say("tamada demo: cannot remove " + directory.root() + ": " + undeletable);
            return BROKEN;
        }
    }
}
