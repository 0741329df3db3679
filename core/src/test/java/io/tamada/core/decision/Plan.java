package io.tamada.core.decision;

import io.tamada.core.postgres.PostgresCommand;
import java.util.ArrayList;
import java.util.List;

/// Looks into a decision's plan.
final class Plan {

    private Plan() {}

    /// What the plan asks of the local instance, in order.
    static List<PostgresCommand> commands(Decision decision) {
        List<PostgresCommand> commands = new ArrayList<>();
        for (Action action : decision.plan()) {
            if (action instanceof Action.Instance(PostgresCommand command)) {
                commands.add(command);
            }
        }
        return commands;
    }
}
