package io.tamada.agent.run;

import io.tamada.core.decision.Action;
import io.tamada.core.decision.Decision;
import io.tamada.core.decision.RuleId;
import io.tamada.core.port.LoopJournal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes what the loop decides, on change only: a line a decision, with the rule that made it.
public final class LogJournal implements LoopJournal {

    private static final Logger LOG = LoggerFactory.getLogger("tamada");

    private @Nullable RuleId lastRule;
    private String lastBecause = "";
    private String lastFailure = "";

    @Override
    public void decided(Decision decision) {
        boolean news =
                decision.rule() != lastRule
                        || (!decision.because().equals(lastBecause)
                                && !decision.because().isEmpty());
        if (news) {
            LOG.info(
                    "{}{} [{}]",
                    decision.rule().sentence(),
                    decision.because().isEmpty() ? "" : ": " + decision.because(),
                    decision.rule().code());
            lastFailure = "";
        }
        lastRule = decision.rule();
        lastBecause = decision.because();
    }

    @Override
    public void failed(Action action, String reason) {
        String line = name(action) + ": " + reason;
        if (!line.equals(lastFailure)) {
            LOG.warn("could not be done: {}", line);
            lastFailure = line;
        }
    }

    private static String name(Action action) {
        return action instanceof Action.Instance(var command)
                ? command.getClass().getSimpleName()
                : action.getClass().getSimpleName();
    }
}
