package io.tamada.agent.run;

import io.tamada.agent.journal.Event;
import io.tamada.agent.journal.Journal;
import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.decision.Action;
import io.tamada.core.decision.Decision;
import io.tamada.core.decision.Gravity;
import io.tamada.core.decision.RuleId;
import io.tamada.core.lease.LeaseTiming;
import io.tamada.core.port.LoopJournal;
import io.tamada.core.port.TimeSource;
import io.tamada.core.time.Monotonic;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// Writes what the loop decides, on change only: a line a decision, with the rule that made it.
public final class LogJournal implements LoopJournal {

    private static final Logger LOG = LoggerFactory.getLogger("tamada");

    /// Longer than a planned change of the leader takes.
    private static final Duration LASTING = Duration.ofSeconds(10);

    /// So much of a text that stands in the line before says which one is meant.
    private static final int LONG_TEXT = 80;

    private final String overrule;
    private final Journal journal;
    private final TimeSource time;
    private @Nullable RuleId lastRule;
    private String lastBecause = "";
    private String lastFailure = "";
    private @Nullable Monotonic lastsSince;
    private boolean warned;
    private String toldFailure = "";

    /// @param overrule the command that names this member as the next leader.
    /// @param journal hears what cannot be seen in the loop's snapshots.
    public LogJournal(String overrule, Journal journal, TimeSource time) {
        this.overrule = overrule;
        this.journal = journal;
        this.time = time;
    }

    @Override
    public void decided(Decision decision) {
        boolean news =
                decision.rule() != lastRule
                        || (!decision.because().equals(lastBecause)
                                && !decision.because().isEmpty());
        Gravity gravity = Gravity.of(decision.rule());
        if (news) {
            LOG.atLevel(gravity == Gravity.GRAVE ? Level.WARN : Level.INFO).log(line(decision));
            if (decision.rule() == RuleId.RACE_STORE_DOUBTED) {
                LOG.info("to have this member lead all the same: {}", overrule);
            }
            lastFailure = "";
        }
        lastRule = decision.rule();
        lastBecause = decision.because();
        warnWhenItLasts(decision, gravity);
    }

    /// Rules that take turns, as those of a member that waits for a leader do, last together.
    private void warnWhenItLasts(Decision decision, Gravity gravity) {
        if (gravity != Gravity.GRAVE_WHEN_IT_LASTS) {
            lastsSince = null;
            return;
        }
        Monotonic now = time.now();
        if (lastsSince == null) {
            lastsSince = now;
            warned = false;
        }
        if (!warned && now.isAtOrAfter(lastsSince.plus(LASTING))) {
            warned = true;
            LOG.warn("for {} s now: {}", LASTING.toSeconds(), line(decision));
        }
    }

    private String line(Decision decision) {
        String because = decision.because();
        if (toldFailure.length() > LONG_TEXT) {
            because = because.replace(toldFailure, toldFailure.substring(0, LONG_TEXT) + "…");
        }
        return "%s%s [%s]"
                .formatted(
                        decision.rule().sentence(),
                        because.isEmpty() ? "" : ": " + because,
                        decision.rule().code());
    }

    @Override
    public void timingChanged(LeaseTiming inForce, ClusterConfig wanted) {
        String times =
                "ttl %d s, loop_wait %d s, retry_timeout %d s"
                        .formatted(
                                inForce.ttl().toSeconds(),
                                inForce.loopWait().toSeconds(),
                                inForce.retryTimeout().toSeconds());
        boolean asWanted =
                inForce.ttl().equals(wanted.ttl())
                        && inForce.loopWait().equals(wanted.loopWait())
                        && inForce.retryTimeout().equals(wanted.retryTimeout());
        if (asWanted) {
            LOG.info("lease: {}", times);
        } else {
            LOG.warn(
                    "lease: {}; configured are {} s, {} s, {} s. Values below 20, 1 and 3 count only"
                            + " while every member is a Tamada, and ttl must be at least"
                            + " loop_wait + 2 * retry_timeout",
                    times,
                    wanted.ttl().toSeconds(),
                    wanted.loopWait().toSeconds(),
                    wanted.retryTimeout().toSeconds());
        }
    }

    @Override
    public void fencing(@Nullable String missing) {
        if (missing == null) {
            LOG.info("fencing: nothing is missing any more");
        } else {
            LOG.warn("fencing: a primary here does without what should fence it: {}", missing);
        }
    }

    @Override
    public void knows(String operationFailure) {
        toldFailure = operationFailure;
    }

    @Override
    public void raceLost(String reason) {
        LOG.info("did not win the race: {}", reason);
    }

    @Override
    public void failed(Action action, String reason) {
        String line = name(action) + ": " + reason;
        if (!line.equals(lastFailure)) {
            LOG.warn("could not be done: {}", line);
            journal.add(
                    new Event(
                            Instant.now(),
                            Event.Kind.FAILURE,
                            Map.of("step", name(action), "reason", reason)));
            lastFailure = line;
        }
    }

    /// What was to be done, in words: `start as primary`.
    private static String name(Action action) {
        String type =
                action instanceof Action.Instance(var command)
                        ? command.getClass().getSimpleName()
                        : action.getClass().getSimpleName();
        return type.replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
    }
}
