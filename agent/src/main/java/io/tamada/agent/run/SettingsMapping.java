package io.tamada.agent.run;

import io.tamada.agent.hooks.Scripts;
import io.tamada.agent.postgres.PostgresSettings;
import io.tamada.agent.settings.AgentSettings;
import io.tamada.agent.settings.BootstrapSettings;
import io.tamada.agent.settings.Etcd3Settings;
import io.tamada.agent.settings.HostPort;
import io.tamada.agent.settings.PostgresqlSettings;
import io.tamada.agent.settings.PostgresqlSettings.Login;
import io.tamada.agent.settings.Secret;
import io.tamada.core.member.MemberProfile;
import io.tamada.dcs.EtcdSettings;
import io.tamada.rest.RestSettings;
import io.tamada.rest.RestTls;
import io.tamada.rest.peer.PeerTls;
import io.tamada.rest.tls.CipherList;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// From the words of a Patroni YAML file to what each part of the agent wants to know. Pure, but
/// for the user's name that stands in for an absent superuser.
public final class SettingsMapping {

    /// The Patroni version whose documents and rules this agent speaks.
    static final String PATRONI_VERSION = "4.1.0";

    private SettingsMapping() {}

    public static MemberProfile profile(AgentSettings settings, String identity) {
        String scheme = settings.rest().tls() == null ? "http" : "https";
        return new MemberProfile(
                settings.name(),
                "postgres://"
                        + settings.postgresql().connectAddress()
                        + "/"
                        + settings.postgresql().database(),
                scheme + "://" + settings.rest().connectAddress() + "/patroni",
                identity,
                PATRONI_VERSION,
                settings.tags(),
                null,
                settings.postgresql().proxyAddress() == null
                        ? null
                        : "postgres://"
                                + settings.postgresql().proxyAddress()
                                + "/"
                                + settings.postgresql().database());
    }

    /// As Patroni's agents do, with one thing more: where members have to show a certificate and
    /// `ctl` names none, the API's own is shown, without which nobody could be asked.
    public static PeerTls peers(AgentSettings settings) {
        var ctl = settings.ctl();
        var rest = settings.rest().tls();
        Path authorities = path(ctl.cacert());
        if (authorities == null && rest != null) {
            authorities = path(rest.cafile());
        }
        boolean required =
                settings.rest().verifyClient()
                        == io.tamada.agent.settings.RestSettings.VerifyClient.REQUIRED;
        return ctl.certfile() == null && rest != null && required
                ? new PeerTls(
                        authorities,
                        path(rest.certfile()),
                        path(rest.keyfile()),
                        reveal(rest.keyfilePassword()))
                : new PeerTls(
                        authorities,
                        path(ctl.certfile()),
                        path(ctl.keyfile()),
                        reveal(ctl.keyfilePassword()));
    }

    public static EtcdSettings etcd(Etcd3Settings etcd) {
        List<EtcdSettings.HostPort> endpoints = new ArrayList<>();
        for (HostPort host : etcd.hosts()) {
            endpoints.add(new EtcdSettings.HostPort(host.host(), host.port()));
        }
        return new EtcdSettings(
                endpoints,
                switch (etcd.protocol()) {
                    case HTTP -> EtcdSettings.Protocol.HTTP;
                    case HTTPS -> EtcdSettings.Protocol.HTTPS;
                },
                etcd.username(),
                reveal(etcd.password()),
                path(etcd.cacert()),
                path(etcd.cert()),
                path(etcd.key() == null ? etcd.cert() : etcd.key()));
    }

    public static RestSettings rest(AgentSettings settings, String productVersion) {
        var rest = settings.rest();
        LinkedHashMap<String, String> headers = new LinkedHashMap<>(rest.httpExtraHeaders());
        if (rest.tls() != null) {
            headers.putAll(rest.httpsExtraHeaders());
        }
        String host = rest.listen().host();
        boolean everywhere = host.equals("*") || host.isEmpty();
        return new RestSettings(
                everywhere ? List.of() : List.of(host),
                rest.listen().port(),
                rest.tls() == null
                        ? null
                        : new RestTls(
                                Path.of(rest.tls().certfile()),
                                path(rest.tls().keyfile()),
                                reveal(rest.tls().keyfilePassword()),
                                path(rest.tls().cafile()),
                                rest.tls().ciphers() == null
                                        ? List.of()
                                        : CipherList.of(rest.tls().ciphers()).suites(),
                                switch (rest.verifyClient()) {
                                    case NONE -> RestTls.VerifyClient.NONE;
                                    case OPTIONAL -> RestTls.VerifyClient.OPTIONAL;
                                    case REQUIRED -> RestTls.VerifyClient.REQUIRED;
                                }),
                headers,
                rest.authentication() == null
                        ? null
                        : new RestSettings.Login(
                                rest.authentication().username(),
                                rest.authentication().password().reveal()),
                rest.allowlist(),
                rest.allowlistIncludesMembers(),
                settings.scope(),
                settings.name(),
                settings.tags(),
                productVersion,
                PATRONI_VERSION);
    }

    /// @param binaryDirectory where the PostgreSQL programs were found.
    public static PostgresSettings postgres(AgentSettings settings, Path binaryDirectory) {
        PostgresqlSettings postgresql = settings.postgresql();
        Path data = postgresql.dataDirectory();
        Path state = PostgresSettings.beside(data);
        BootstrapSettings bootstrap = settings.bootstrap();
        List<PostgresSettings.BootstrapUser> users = new ArrayList<>();
        for (BootstrapSettings.User user : bootstrap.users()) {
            users.add(
                    new PostgresSettings.BootstrapUser(
                            user.name(), reveal(user.password()), user.options()));
        }
        return new PostgresSettings(
                settings.scope(),
                settings.name(),
                new PostgresSettings.Listen(
                        String.join(",", postgresql.listen().hosts()), postgresql.listen().port()),
                new PostgresSettings.ConnectAddress(
                        postgresql.connectAddress().host(), postgresql.connectAddress().port()),
                // Who has sockets for the one has them for the other, and often no line in pg_hba
                // for replication over TCP from this machine.
                new PostgresSettings.LocalAccess(
                        postgresql.useUnixSocket(),
                        postgresql.useUnixSocket() || postgresql.useUnixSocketForReplication()),
                data,
                new PostgresSettings.Binaries(binaryDirectory, postgresql.binaryNames()),
                postgresql.configDirectory().equals(data) ? null : postgresql.configDirectory(),
                state,
                postgresql.passfile() == null ? state.resolve("passfile") : postgresql.passfile(),
                new PostgresSettings.Roles(
                        role(postgresql.superuser(), System.getProperty("user.name")),
                        role(postgresql.replication(), "replicator"),
                        postgresql.rewind() == null
                                ? null
                                : role(postgresql.rewind(), "rewind_user")),
                bootstrap.initdbOptions(),
                postgresql.baseBackupOptions(),
                // The loop lays the file's own parameters and lines over the dynamic ones at every
                // turn, so that a reload counts; here they would be those of the start for ever.
                new TreeMap<>(),
                List.of(),
                List.of(),
                new PostgresSettings.Bootstrap(bootstrap.hba(), users, bootstrap.postBootstrap()),
                PostgresSettings.ServerOutput.FILE);
    }

    /// The user's commands, as they are in the file now.
    public static Scripts scripts(AgentSettings settings) {
        return settings.postgresql().scripts().with(settings.bootstrap().custom());
    }

    private static PostgresSettings.Role role(Login login, String absentName) {
        SortedMap<String, String> options = new TreeMap<>(login.tls());
        if (login.sslPassword() != null) {
            options.put("sslpassword", login.sslPassword().reveal());
        }
        return new PostgresSettings.Role(
                login.username() == null ? absentName : login.username(),
                reveal(login.password()),
                options);
    }

    private static @Nullable String reveal(@Nullable Secret secret) {
        return secret == null ? null : secret.reveal();
    }

    private static @Nullable Path path(@Nullable String text) {
        return text == null ? null : Path.of(text);
    }
}
