package io.tamada.agent.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What differs between two readings of the settings.
///
/// @param changed keys that differ, in the order of the file's sections.
/// @param needRestart those of them that count only after the agent has been restarted.
public record SettingsChange(List<String> changed, List<String> needRestart) {

    private enum Effect {
        AT_ONCE,
        AFTER_RESTART
    }

    private record Setting(
            String key, Effect effect, Function<AgentSettings, @Nullable Object> value) {}

    /// The one list of what can be changed while the agent runs.
    private static final List<Setting> SETTINGS =
            List.of(
                    restart("scope", AgentSettings::scope),
                    restart("namespace", AgentSettings::namespace),
                    restart("name", AgentSettings::name),
                    restart("restapi.listen", s -> s.rest().listen()),
                    reload("restapi.connect_address", s -> s.rest().connectAddress()),
                    restart("restapi.certfile", s -> s.rest().tls()),
                    restart("restapi.verify_client", s -> s.rest().verifyClient()),
                    reload("restapi.authentication", s -> s.rest().authentication()),
                    reload("restapi.allowlist", s -> s.rest().allowlist()),
                    reload(
                            "restapi.allowlist_include_members",
                            s -> s.rest().allowlistIncludesMembers()),
                    reload("restapi.http_extra_headers", s -> s.rest().httpExtraHeaders()),
                    reload("restapi.https_extra_headers", s -> s.rest().httpsExtraHeaders()),
                    restart("etcd3", AgentSettings::etcd3),
                    reload("bootstrap", AgentSettings::bootstrap),
                    reload("postgresql.listen", s -> s.postgresql().listen()),
                    reload("postgresql.connect_address", s -> s.postgresql().connectAddress()),
                    reload("postgresql.proxy_address", s -> s.postgresql().proxyAddress()),
                    restart("postgresql.data_dir", s -> s.postgresql().dataDirectory()),
                    restart("postgresql.config_dir", s -> s.postgresql().configDirectory()),
                    restart("postgresql.bin_dir", s -> s.postgresql().binaryDirectory()),
                    restart("postgresql.bin_name", s -> s.postgresql().binaryNames()),
                    restart("postgresql.database", s -> s.postgresql().database()),
                    restart("postgresql.pgpass", s -> s.postgresql().passfile()),
                    restart("postgresql.use_unix_socket", s -> s.postgresql().useUnixSocket()),
                    restart(
                            "postgresql.use_unix_socket_repl",
                            s -> s.postgresql().useUnixSocketForReplication()),
                    reload("postgresql.authentication.superuser", s -> s.postgresql().superuser()),
                    reload(
                            "postgresql.authentication.replication",
                            s -> s.postgresql().replication()),
                    reload("postgresql.authentication.rewind", s -> s.postgresql().rewind()),
                    reload("postgresql.parameters", s -> s.postgresql().parameters()),
                    reload("postgresql.pg_hba", s -> s.postgresql().hba()),
                    reload("postgresql.pg_ident", s -> s.postgresql().ident()),
                    reload("postgresql.basebackup", s -> s.postgresql().baseBackupOptions()),
                    reload("postgresql.recovery_conf", s -> s.postgresql().recoveryConf()),
                    reload(
                            "postgresql.callbacks, before_stop, create_replica_methods",
                            s -> s.postgresql().scripts()),
                    reload("postgresql.custom_conf", s -> s.postgresql().customConf()),
                    reload(
                            "postgresql.pg_ctl_timeout",
                            s -> s.postgresql().stopAndStartTimeoutSeconds()),
                    reload(
                            "postgresql.use_pg_rewind, remove_data_directory_on_*",
                            s -> s.postgresql().overrides()),
                    reload("tags", AgentSettings::tags),
                    restart("ctl", AgentSettings::ctl),
                    restart("watchdog", AgentSettings::watchdog),
                    restart("tamada.guard", s -> s.tamada().guard()),
                    reload("log", AgentSettings::log));

    public SettingsChange {
        changed = List.copyOf(changed);
        needRestart = List.copyOf(needRestart);
    }

    public boolean isEmpty() {
        return changed.isEmpty();
    }

    static SettingsChange between(AgentSettings before, AgentSettings after) {
        List<String> changed = new ArrayList<>();
        List<String> needRestart = new ArrayList<>();
        for (Setting setting : SETTINGS) {
            if (!Objects.equals(setting.value().apply(before), setting.value().apply(after))) {
                changed.add(setting.key());
                if (setting.effect() == Effect.AFTER_RESTART) {
                    needRestart.add(setting.key());
                }
            }
        }
        return new SettingsChange(changed, needRestart);
    }

    private static Setting reload(String key, Function<AgentSettings, @Nullable Object> value) {
        return new Setting(key, Effect.AT_ONCE, value);
    }

    private static Setting restart(String key, Function<AgentSettings, @Nullable Object> value) {
        return new Setting(key, Effect.AFTER_RESTART, value);
    }
}
