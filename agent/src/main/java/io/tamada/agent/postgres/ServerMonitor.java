package io.tamada.agent.postgres;

import io.tamada.agent.postgres.DirectoryWatch.Freshness;
import io.tamada.core.member.MemberState;
import io.tamada.core.port.TimeSource;
import io.tamada.core.postgres.ProbeBoard;
import io.tamada.core.postgres.ServerProcess;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.time.Monotonic;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Knows the postmaster and the server's latest answer. One thread asks every second, and more
/// often while somebody waits for a change; nobody who reads waits.
final class ServerMonitor {

    private static final Logger LOG = LoggerFactory.getLogger(ServerMonitor.class);

    static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final Duration HURRIED_INTERVAL = Duration.ofMillis(20);
    private static final Duration STARTING_INTERVAL = Duration.ofMillis(100);

    /// An answer older than this no longer says how the server is.
    static final Duration FRESH = Duration.ofSeconds(2);

    private final PostgresSettings settings;
    private final TimeSource time;
    private final ProbeBoard board;
    private final Runnable wake;
    private final DirectoryWatch directory;
    private final InstanceProcesses processes;
    private final Odometer odometer;
    private final LocalProbe probe;
    private final FileDesk files = new FileDesk();
    private @Nullable PostmasterPid lastFile;
    private final Function<ServerSight, MemberState> memberState;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition poked = lock.newCondition();
    private boolean isPoked;
    private int hurried;

    private volatile @Nullable Postmaster postmaster;
    private volatile boolean orphansLeft;
    private volatile @Nullable ServerStatus status;
    private volatile boolean stopping;
    private volatile boolean crashed;
    private boolean hadAnswered;
    private volatile Monotonic notAnsweringSince;
    private volatile StatusQuery.Wanted wanted = StatusQuery.Wanted.NOTHING;
    private volatile boolean closed;

    /// What the process looks like from outside.
    enum ServerSight {
        ABSENT,
        CRASHED,
        STARTING,
        RUNNING,
        STOPPING
    }

    ServerMonitor(
            PostgresSettings settings,
            TimeSource time,
            ProbeBoard board,
            Runnable wake,
            DirectoryWatch directory,
            InstanceProcesses processes,
            Odometer odometer,
            Sessions sessions,
            TimelineFiles timelines,
            Function<ServerSight, MemberState> memberState) {
        this.settings = settings;
        this.time = time;
        this.board = board;
        this.wake = wake;
        this.directory = directory;
        this.processes = processes;
        this.odometer = odometer;
        this.probe = new LocalProbe(settings, sessions, timelines);
        this.memberState = memberState;
        this.notAnsweringSince = time.now();
        board.onDemand(this::poke);
    }

    void start() {
        if (findPostmaster() == null && !processes.find().isEmpty()) {
            orphansLeft = true;
            Thread.ofPlatform().name("orphans").daemon().start(this::endOrphans);
        }
        Thread.ofPlatform().name("postgres-probe").daemon().start(this::run);
    }

    void close() {
        closed = true;
        Postmaster running = postmaster;
        if (running != null) {
            running.release();
        }
        poke();
    }

    private void run() {
        while (!closed) {
            try {
                tick();
            } catch (RuntimeException | IOException failure) {
                LOG.warn("The look at the local server has failed", failure);
            }
            awaitPoke();
        }
        probe.disconnect();
        files.close();
    }

    /// Asks now.
    void poke() {
        lock.lock();
        try {
            isPoked = true;
            poked.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Asks often until {@link #relax}.
    void hurry() {
        lock.lock();
        try {
            hurried++;
        } finally {
            lock.unlock();
        }
        poke();
    }

    void relax() {
        lock.lock();
        try {
            hurried--;
        } finally {
            lock.unlock();
        }
    }

    private void awaitPoke() {
        lock.lock();
        try {
            boolean starting = postmaster != null && status == null && !stopping;
            Duration interval =
                    hurried > 0 ? HURRIED_INTERVAL : starting ? STARTING_INTERVAL : INTERVAL;
            long nanos = interval.toNanos();
            while (!isPoked && nanos > 0) {
                nanos = poked.awaitNanos(nanos);
            }
            isPoked = false;
        } catch (InterruptedException _) {
            closed = true;
        } finally {
            lock.unlock();
        }
    }

    private void tick() throws IOException {
        ServerStatus before = status;
        Monotonic askedAt = time.now();
        Postmaster running = postmaster;
        if (running == null) {
            running = files.look(this::findPostmaster, null);
        }
        ServerStatus answer = null;
        if (running != null && running.isRunning()) {
            PostmasterPid file =
                    files.look(() -> PostmasterPid.read(settings.dataDirectory()), lastFile);
            lastFile = file;
            if (file != null && file.pid() == running.pid()) {
                if (file.status() == PostmasterPid.Status.STOPPING) {
                    stopping = true;
                } else if (!stopping && file.status() == PostmasterPid.Status.READY) {
                    answer = probe.ask(running, askedAt, wanted, () -> stopping);
                }
            }
        }
        note(running, answer);
        if (running != null && status == null && !stopping) {
            odometer.ofStart(processes.find());
        }
        // What the control file says of a stop decides whether it gets on.
        Freshness freshness = running == null || stopping ? Freshness.EXACT : Freshness.RELAXED;
        files.look(() -> directory.refresh(freshness), directory.latest());
        publish(askedAt);
        if (isNews(before, status)) {
            wake.run();
        }
    }

    private synchronized void note(@Nullable Postmaster asked, @Nullable ServerStatus answer) {
        // The server may have gone while it was asked; its exit has been noted then.
        if (asked == null || asked != postmaster || stopping || orphansLeft) {
            answer = null;
        }
        if (answer == null && status != null) {
            notAnsweringSince = time.now();
        }
        status = answer;
    }

    private static boolean isNews(@Nullable ServerStatus before, @Nullable ServerStatus after) {
        if (before == null || after == null) {
            return (before == null) != (after == null);
        }
        return before.inRecovery() != after.inRecovery()
                || before.streaming() != after.streaming()
                || !before.timeline().equals(after.timeline())
                || !before.synchronous().equals(after.synchronous())
                || !followers(before).equals(followers(after));
    }

    /// Who streams, and who is waited for: synchronous mode has to follow that soon.
    private static List<String> followers(ServerStatus status) {
        return status.replication().stream()
                .map(c -> c.applicationName() + ' ' + c.state() + ' ' + c.syncPriority())
                .toList();
    }

    void publish(Monotonic askedAt) {
        ServerStatus known = status;
        board.publish(new ProbeBoard.Reading(known, askedAt, memberState.apply(sight())));
    }

    private ServerSight sight() {
        if (postmaster == null) {
            return crashed ? ServerSight.CRASHED : ServerSight.ABSENT;
        }
        if (stopping) {
            return ServerSight.STOPPING;
        }
        return status == null ? ServerSight.STARTING : ServerSight.RUNNING;
    }

    /// Looks for a postmaster that somebody else has started. Null when there is none.
    @Nullable Postmaster findPostmaster() {
        try {
            PostmasterPid file = PostmasterPid.read(settings.dataDirectory());
            if (file != null
                    && InstanceProcesses.isAlive(file.pid())
                    && processes.belongs(file.pid())) {
                return adopt(file.pid());
            }
        } catch (IOException unreadable) {
            probe.complain("postmaster.pid cannot be read: " + unreadable.getMessage());
        }
        return null;
    }

    /// Watches a postmaster from now on. Null when it is gone already.
    synchronized @Nullable Postmaster adopt(long pid) {
        Postmaster known = postmaster;
        if (known != null && known.pid() == pid) {
            return known;
        }
        stopping = false;
        crashed = false;
        notAnsweringSince = time.now();
        processes.postmaster(pid);
        Postmaster found = Postmaster.watch(pid, this::exited);
        postmaster = found;
        poke();
        return found;
    }

    /// How long ago a server that answered has ended without our asking; null when it has not.
    synchronized @Nullable Duration sinceUnaskedExit() {
        Monotonic since = notAnsweringSince;
        return crashed && hadAnswered && since != null ? since.until(time.now()) : null;
    }

    private void exited(Postmaster gone) {
        boolean wasStopping = stopping;
        synchronized (this) {
            if (postmaster != gone) {
                return;
            }
            hadAnswered = status != null;
            status = null;
            notAnsweringSince = time.now();
            crashed = !wasStopping;
            orphansLeft = true;
            processes.postmaster(0);
        }
        if (crashed) {
            LOG.warn(
                    "The postmaster (pid {}) has exited, and this agent has not asked it to",
                    gone.pid());
        }
        try {
            endOrphans();
            directory.refreshWithin(Freshness.EXACT, DirectoryWatch.PATIENCE);
        } catch (RuntimeException bug) {
            LOG.error("What the postmaster has left behind could not be looked at", bug);
        } finally {
            synchronized (this) {
                if (postmaster == gone) {
                    postmaster = null;
                }
                stopping = false;
            }
        }
        publish(time.now());
        poke();
        wake.run();
    }

    private void endOrphans() {
        Orphans.end(processes, () -> closed);
        orphansLeft = false;
        wake.run();
    }

    @Nullable Postmaster postmaster() {
        return postmaster;
    }

    @Nullable ServerStatus status() {
        return status;
    }

    String complaint() {
        return probe.complaint();
    }

    boolean isDown() {
        return postmaster == null && !orphansLeft;
    }

    /// From now on the server's answers do not count: it is being stopped.
    void stopping() {
        synchronized (this) {
            stopping = true;
            status = null;
            notAnsweringSince = time.now();
        }
        publish(time.now());
    }

    void expect(StatusQuery.Wanted parameters) {
        wanted = parameters;
    }

    ServerProcess observe() {
        ServerStatus known = status;
        boolean stops = stopping;
        if (postmaster == null && !orphansLeft) {
            return new ServerProcess.Down();
        }
        boolean alive = !stops && !orphansLeft;
        if (known != null && alive && known.askedAt().until(time.now()).compareTo(FRESH) < 0) {
            return new ServerProcess.Answering(known);
        }
        return new ServerProcess.NotAnswering(
                known == null ? notAnsweringSince : known.askedAt(), stops || orphansLeft);
    }
}
