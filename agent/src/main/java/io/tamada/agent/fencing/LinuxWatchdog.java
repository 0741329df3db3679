package io.tamada.agent.fencing;

import io.tamada.agent.os.WatchdogDevice;
import io.tamada.core.fencing.FencingStatus.Mode;
import io.tamada.core.fencing.FencingStatus.Rung;
import io.tamada.core.fencing.FencingStatus.State;
import io.tamada.core.lease.WriteDeadline;
import io.tamada.core.port.TimeSource;
import io.tamada.core.time.Monotonic;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// The last rung: the kernel resets the machine when the lease was not renewed in time, as under
/// Patroni with the same settings.
///
/// The countdown begins anew only when a renewal has been proven, and only where it ends before
/// the lease does. For the loop's thread.
public final class LinuxWatchdog {

    private static final Logger LOG = LoggerFactory.getLogger(LinuxWatchdog.class);

    /// Patroni's word for half the ttl.
    private static final int HALF_THE_TTL = -1;

    /// The least ttl that Patroni knows; its default margin of 5 s is meant for those.
    private static final int PATRONI_LEAST_TTL_SECONDS = 20;

    private static final int CLOSED = 0;

    private final Mode mode;
    private final int marginSeconds;
    private final WatchdogDevice device;
    private final TimeSource time;

    private int timeoutSeconds = CLOSED;
    private boolean stoppable;
    private @Nullable String missing;
    private @Nullable Monotonic missingSince;

    /// @param marginSeconds between the reset and the end of the lease; -1 means half the ttl.
    public LinuxWatchdog(Mode mode, int marginSeconds, WatchdogDevice device, TimeSource time) {
        this.mode = mode;
        this.marginSeconds = marginSeconds;
        this.device = device;
        this.time = time;
    }

    Mode mode() {
        return mode;
    }

    /// How it stands.
    public Rung rung() {
        if (timeoutSeconds == CLOSED) {
            String unusable = device.whyUnusable();
            note(unusable == null ? missing : unusable);
        }
        State state = timeoutSeconds == CLOSED ? State.READY : State.ARMED;
        return new Rung(
                mode, missing == null ? state : State.UNAVAILABLE, missing, missingSince, 0, 0);
    }

    /// A renewal was proven: begins the countdown anew, and opens the device for the first one.
    ///
    /// @return null when it counts, and ends before the lease; otherwise what is wrong.
    public @Nullable String arm(WriteDeadline.Term term) {
        note(count(term));
        return missing;
    }

    private @Nullable String count(WriteDeadline.Term term) {
        int wanted = timeoutSeconds(term.timing().ttl());
        if (wanted < term.timing().loopWait().toSeconds() || wanted < 1) {
            return "safety_margin leaves it %d s, less than loop_wait".formatted(wanted);
        }
        if (time.now().plus(Duration.ofSeconds(wanted)).isAtOrAfter(term.mayWriteUntil())) {
            // The proof is older than the margin. What counts already ends early enough.
            return timeoutSeconds == CLOSED ? "the last renewal was proven too late" : null;
        }
        if (timeoutSeconds != wanted) {
            return begin(wanted);
        }
        return device.keepAlive() ? null : "it does not take the sign of life";
    }

    private @Nullable String begin(int wanted) {
        if (timeoutSeconds == CLOSED) {
            String failure = device.open();
            if (failure != null) {
                return failure;
            }
            stoppable = device.isStoppable();
            if (!stoppable) {
                LOG.warn("watchdog: this device cannot be stopped; if the agent ends, it resets");
            }
        }
        int actual = device.setTimeoutSeconds(wanted);
        timeoutSeconds = wanted;
        if (actual < 0 || actual > wanted) {
            disarm();
            return "its timeout cannot be set to %d s".formatted(wanted);
        }
        LOG.info("watchdog: resets this machine {} s after the last proven renewal", actual);
        return null;
    }

    private int timeoutSeconds(Duration ttl) {
        int seconds = (int) ttl.toSeconds();
        int half = seconds / 2;
        if (marginSeconds == HALF_THE_TTL) {
            return half;
        }
        int left = seconds - marginSeconds;
        return seconds < PATRONI_LEAST_TTL_SECONDS ? Math.max(left, half) : left;
    }

    /// The server cannot accept writes, or the operator has it in hand. A device that cannot be
    /// stopped is kept from striking as long as it is asked to.
    ///
    /// @return whether it counts no more.
    public boolean disarm() {
        if (timeoutSeconds != CLOSED) {
            boolean quiet = stoppable ? device.stop() : device.keepAlive();
            timeoutSeconds = quiet && stoppable ? CLOSED : timeoutSeconds;
        }
        return timeoutSeconds == CLOSED;
    }

    private void note(@Nullable String failure) {
        if (failure == null) {
            missingSince = null;
        } else if (missingSince == null) {
            missingSince = time.now();
            LOG.atLevel(mode == Mode.REQUIRED ? Level.WARN : Level.INFO)
                    .log("watchdog: {}", failure);
        }
        missing = failure;
    }
}
