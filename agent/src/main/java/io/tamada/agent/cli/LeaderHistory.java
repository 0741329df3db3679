package io.tamada.agent.cli;

import io.tamada.agent.settings.StoreSettings;
import io.tamada.core.cluster.LeaderTerm;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Who has led, as the leaders themselves have left it in etcd.
final class LeaderHistory {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private LeaderHistory() {}

    static List<LeaderTerm> read(StoreSettings settings, String scope) throws StoreOptions.Failure {
        return StoreOptions.ask(
                        settings, scope, store -> Optional.ofNullable(store.leaderTerms(TIMEOUT)))
                .orElseThrow(() -> StoreOptions.Failure.ofStore("etcd does not answer"))
                .all();
    }

    /// The rule and what made it match, in one line.
    static String reason(LeaderTerm.Turn turn) {
        return turn.sentence() + (turn.because().isEmpty() ? "" : " (" + turn.because() + ")");
    }
}
