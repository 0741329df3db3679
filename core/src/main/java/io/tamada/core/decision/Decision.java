package io.tamada.core.decision;

import java.time.Duration;
import java.util.List;

/// What to do, which rule says so, and when to look again at the latest.
///
/// @param because the facts that made the rule match, for people; empty when the rule says it
///     all.
public record Decision(RuleId rule, String because, List<Action> plan, Duration nextTick) {

    public Decision {
        plan = List.copyOf(plan);
    }
}
