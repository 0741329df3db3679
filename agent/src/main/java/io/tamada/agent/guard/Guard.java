package io.tamada.agent.guard;

import io.tamada.agent.guard.GuardDesk.Order;
import io.tamada.agent.guard.GuardFrames.Reply;
import io.tamada.agent.guard.GuardFrames.Request;
import io.tamada.agent.guard.GuardFrames.State;
import io.tamada.agent.os.PosixKill;
import io.tamada.core.fencing.FencingStatus;
import io.tamada.core.fencing.FencingStatus.Mode;
import io.tamada.core.fencing.FencingStatus.Rung;
import io.tamada.core.port.TimeSource;
import io.tamada.core.time.Monotonic;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The third rung of the fencing ladder: a process outside the virtual machine that knows the
/// deadline and acts on it whatever has become of the agent.
///
/// A thread of its own keeps one: it connects to the guard that an earlier life of this agent has
/// left, or starts one, hands on what the loop has ordered, and when the guard is lost puts
/// another in its place, which hears the last order at once. The loop waits for a confirmation no
/// longer than {@link #CONFIRM_WITHIN}.
///
/// Never told to stand down when the agent ends: that is the loop's decision, by what it has
/// observed.
public final class Guard implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Guard.class);

    static final Duration CONFIRM_WITHIN = Duration.ofMillis(300);

    private static final Duration ASK_EVERY = Duration.ofSeconds(1);
    private static final Duration ANSWER_ROUND = Duration.ofMillis(50);

    /// Rounds without an answer, not a time: after a pause of the whole machine the clock has
    /// moved on, and the guard has to have its chance to run.
    private static final int SILENT_ROUNDS = 40;

    private static final long NEVER_STRUCK = -1;

    private static final long FIRST_PAUSE_NANOS = Duration.ofMillis(100).toNanos();
    private static final long LONGEST_PAUSE_NANOS = Duration.ofSeconds(5).toNanos();

    private final GuardProgram program;
    private final GuardPlace place;
    private final Supplier<String> dataDirectory;
    private final Supplier<@Nullable String> unseen;
    private final GuardDesk desk;
    private final TimeSource time;
    private final Consumer<Instant> struck;
    private final Thread keeper;
    private volatile boolean closed;
    private volatile @Nullable GuardLink link;
    private volatile @Nullable Monotonic unseenSince;

    private List<UnixDomainSocketAddress> strangers = List.of();
    private boolean hadOne;
    private State seen = State.DISARMED;
    private long seenLateness = NEVER_STRUCK;
    private String lastFailure = "";

    /// @param directory where the guard may have its socket; private to this user.
    /// @param dataDirectory as the instance's processes have it as their working directory.
    /// @param unseen why the guard would not recognise those processes, which it looks for as this
    ///     process does; null when it would.
    /// @param struck hears when the deadline had passed and the guard ended the server; called by
    ///     the guard's keeper, and by the wall clock.
    public Guard(
            GuardProgram program,
            Path directory,
            Supplier<String> dataDirectory,
            Supplier<@Nullable String> unseen,
            Mode mode,
            TimeSource time,
            Consumer<Instant> struck) {
        this.program = program;
        this.place = new GuardPlace(directory);
        this.dataDirectory = dataDirectory;
        this.unseen = unseen;
        this.desk = new GuardDesk(mode, time);
        this.time = time;
        this.struck = struck;
        this.keeper = Thread.ofPlatform().name("guard").daemon(true).unstarted(this::keep);
    }

    public void start() {
        strangers = place.strangers();
        keeper.start();
    }

    /// Where no guard is wanted, one that an earlier life has armed must not strike.
    public static void retireAll(Path directory) {
        GuardPlace place = new GuardPlace(directory);
        try (SocketChannel own = place.connect()) {
            int _ = own.write(GuardFrames.request(Request.RETIRE, 0, 0, 0));
        } catch (IOException nobody) {
            LOG.debug("no guard to retire in {}", directory);
        }
        retire(place.strangers());
    }

    /// Makes a deadline known.
    ///
    /// @return null when the guard has it, or else why not.
    public @Nullable String arm(Monotonic quitBy, Monotonic killBy) {
        String failed = tell(Request.ARM, quitBy.nanos(), killBy.nanos());
        return failed == null ? unseen.get() : failed;
    }

    /// @return null when the guard stands down, or else why that is not known.
    public @Nullable String disarm() {
        return tell(Request.DISARM, 0, 0);
    }

    private @Nullable String tell(Request request, long quitAt, long killAt) {
        long number = desk.post(request, quitAt, killAt);
        GuardLink current = link;
        if (current != null) {
            current.wake();
        }
        return desk.await(number, CONFIRM_WITHIN);
    }

    /// How it stands. One that would not find the server is as good as none.
    public Rung rung() {
        Rung rung = desk.rung();
        String reason = unseen.get();
        if (reason == null || rung.state() == FencingStatus.State.UNAVAILABLE) {
            unseenSince = null;
            return rung;
        }
        Monotonic since = unseenSince;
        if (since == null) {
            since = time.now();
            unseenSince = since;
            LOG.error("guard: {}", reason);
        }
        return new Rung(
                rung.mode(),
                FencingStatus.State.UNAVAILABLE,
                reason,
                since,
                rung.kills(),
                rung.repairs());
    }

    @Override
    public void close() {
        closed = true;
        GuardLink current = link;
        if (current != null) {
            current.wake();
        }
        LockSupport.unpark(keeper);
    }

    private void keep() {
        long pause = FIRST_PAUSE_NANOS;
        while (!closed) {
            try (GuardLink connected = connected()) {
                if (connected == null) {
                    LockSupport.parkNanos(pause);
                    pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
                    continue;
                }
                pause = FIRST_PAUSE_NANOS;
                link = connected;
                serve(connected);
            } catch (IOException gone) {
                if (!closed) {
                    desk.absent(String.valueOf(gone.getMessage()), false);
                    LOG.warn("guard: {}; putting another in its place", gone.getMessage());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                closed = true;
            } catch (RuntimeException bug) {
                desk.absent(bug.toString(), false);
                LOG.error("guard: it could not be kept; trying again", bug);
                LockSupport.parkNanos(LONGEST_PAUSE_NANOS);
            } finally {
                link = null;
            }
        }
    }

    /// A guard that answers and is ours; null when there is none to be had now.
    private @Nullable GuardLink connected() throws InterruptedException {
        String directory = dataDirectory.get();
        GuardLink living = greeted(directory);
        if (living != null) {
            return living;
        }
        String failure = program.start(place.directory(), directory);
        GuardLink started = failure == null ? greeted(directory) : null;
        if (started == null) {
            String reason = failure == null ? "it does not answer" : failure;
            desk.absent(reason, true);
            if (!reason.equals(lastFailure)) {
                LOG.error("guard: {}", reason);
                lastFailure = reason;
            }
        }
        return started;
    }

    private @Nullable GuardLink greeted(String directory) {
        GuardLink candidate = null;
        try {
            candidate = new GuardLink(place.connect());
            long asked = candidate.send(Request.STATE, 0, 0);
            Reply reply = answer(candidate, asked);
            if (reply == null) {
                endHungOne();
            } else if (reply.directoryHash() != GuardFrames.hash(directory)) {
                LOG.warn("guard: it watches another directory; putting another in its place");
                long farewell = candidate.send(Request.RETIRE, 0, 0);
                Reply _ = answer(candidate, farewell);
            } else {
                welcome(reply);
                return candidate;
            }
        } catch (IOException nobodyListens) {
            LOG.debug("no guard listens in {}", place.directory());
        }
        if (candidate != null) {
            candidate.close();
        }
        return null;
    }

    private void welcome(Reply reply) {
        desk.present(reply, hadOne);
        LOG.info(
                "guard: it stands, {}{}",
                reply.state().name().toLowerCase(java.util.Locale.ROOT),
                reply.memoryLocked() ? "" : "; its memory could not be locked (see ulimit -l)");
        hadOne = true;
        lastFailure = "";
        tellStrike(reply, true);
    }

    private static @Nullable Reply answer(GuardLink to, long sequence) throws IOException {
        for (int round = 0; round < SILENT_ROUNDS; round++) {
            Reply reply = to.receive(ANSWER_ROUND);
            if (reply != null && reply.sequence() == sequence) {
                return reply;
            }
        }
        return null;
    }

    /// A guard that is stopped holds the place of one that works.
    private void endHungOne() throws IOException {
        long pid = place.pid();
        if (GuardPlace.isGuard(pid)) {
            LOG.warn("guard: process {} does not answer; ending it", pid);
            PosixKill.Sent _ = PosixKill.signal(pid, PosixKill.SIGKILL);
        }
    }

    private void serve(GuardLink to) throws IOException {
        String directory = dataDirectory.get();
        while (!closed) {
            if (!directory.equals(dataDirectory.get())) {
                long _ = to.send(Request.RETIRE, 0, 0);
                throw new IOException("the data directory is another now");
            }
            Order order = desk.open();
            long sent =
                    order == null
                            ? to.send(Request.STATE, 0, 0)
                            : to.send(order.request(), order.quitAt(), order.killAt());
            Reply reply = answer(to, sent);
            if (reply == null) {
                endHungOne();
                throw new IOException("it does not answer");
            }
            desk.answered(reply, order == null ? 0 : order.number());
            if (order != null && !strangers.isEmpty()) {
                retire(strangers);
                strangers = List.of();
            }
            tellStrike(reply, false);
            if (desk.open() == null) {
                Reply _ = to.receive(ASK_EVERY);
            }
        }
    }

    /// Tells of a strike once, also of one that the guard did before this agent began, and of one
    /// after which it was disarmed before it was asked. That it came is the news; signals other
    /// than SIGKILL are not counted.
    private void tellStrike(Reply reply, boolean first) {
        boolean struckNow = reply.state() == State.FIRED && seen != State.FIRED;
        boolean struckBetween = !first && reply.latenessNanos() != seenLateness;
        seen = reply.state();
        seenLateness = reply.latenessNanos();
        if (!struckNow && !struckBetween) {
            return;
        }
        Instant at = Instant.now();
        if (seen == State.FIRED) {
            at = at.minus(new Monotonic(reply.killAtNanos()).until(time.now()));
        }
        LOG.warn(
                "guard: it has ended the server: no agent renewed the deadline, which passed at {}"
                        + " (SIGQUIT went first; {} processes needed SIGKILL since this guard began)",
                at.truncatedTo(ChronoUnit.MILLIS),
                reply.kills());
        struck.accept(at);
    }

    /// Sends guards of other versions away, once ours has an order of this life.
    private static void retire(List<UnixDomainSocketAddress> guards) {
        for (UnixDomainSocketAddress address : guards) {
            try (SocketChannel stranger = SocketChannel.open(address)) {
                ByteBuffer farewell = GuardFrames.request(Request.RETIRE, 0, 0, 0);
                int _ = stranger.write(farewell);
                LOG.info("guard: sent one of another version away, {}", address);
            } catch (IOException gone) {
                LOG.debug("no guard listens at {}", address);
            }
        }
    }
}
