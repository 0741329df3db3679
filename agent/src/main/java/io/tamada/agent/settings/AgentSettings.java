package io.tamada.agent.settings;

import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberTags;

/// Everything one agent is told before it talks to the cluster.
///
/// @param scope the name of the cluster.
/// @param namespace the first part of every key in the store, without slashes at its ends.
public record AgentSettings(
        String scope,
        String namespace,
        MemberName name,
        RestSettings rest,
        Etcd3Settings etcd3,
        BootstrapSettings bootstrap,
        PostgresqlSettings postgresql,
        MemberTags tags,
        WatchdogSettings watchdog,
        TamadaSettings tamada,
        CtlSettings ctl,
        LogSettings log) {

    /// What a reload from these settings to others means.
    public SettingsChange reload(AgentSettings next) {
        return SettingsChange.between(this, next);
    }
}
