package io.tamada.core.failover;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.member.MemberName;
import org.jspecify.annotations.Nullable;

/// Who may not race because failsafe mode is on (Patroni's rule): a leader that has lost the store
/// asks those that the `failsafe` key names and nobody else, so nobody else may take its place.
public final class Consent {

    private Consent() {}

    public static @Nullable String whyNotAsked(
            MemberName self, ClusterConfig config, ClusterView view) {
        boolean asked =
                !config.failsafeMode() || view.failsafe().isEmpty() || view.failsafe().names(self);
        return asked
                ? null
                : "failsafe_mode is on and the last leader did not name it in the failsafe key";
    }
}
