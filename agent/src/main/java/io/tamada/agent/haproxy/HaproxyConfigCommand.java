package io.tamada.agent.haproxy;

import io.tamada.haproxy.HaproxyConfig;
import io.tamada.haproxy.HaproxyRuntime;
import io.tamada.haproxy.ProxyMember;
import io.tamada.haproxy.ProxySettings;
import io.tamada.haproxy.ProxySlots;
import io.tamada.haproxy.ReadBalance;
import io.tamada.haproxy.Reconciliation;
import io.tamada.haproxy.RestCheck;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Prints a configuration for HAProxy, or brings a running one in line with the members. Exit
/// code 0; 1 when the cluster or the proxy cannot be reached, or a reload is needed; 2 on usage.
@Command(
        name = "haproxy-config",
        description =
                "Prints an HAProxy configuration for a cluster, or changes the members of a running"
                        + " HAProxy.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  tamada haproxy-config --from http://10.0.0.1:8008 > haproxy.cfg",
            "  tamada haproxy-config --member node1=10.0.0.1:5432,8008 \\",
            "                        --member node2=10.0.0.2:5432,8008",
            "  tamada haproxy-config --from http://10.0.0.1:8008 --apply"
        })
public final class HaproxyConfigCommand implements Callable<Integer> {

    private static final Duration READ_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration RUNTIME_TIMEOUT = Duration.ofSeconds(5);

    @Spec private @Nullable CommandSpec spec;

    @Option(
            names = "--member",
            paramLabel = MemberOption.SHAPE,
            converter = MemberOption.class,
            description = "A member; give it once for each.")
    private List<ProxyMember> listed = new ArrayList<>();

    @Option(
            names = "--from",
            paramLabel = "URL",
            description = "Take the members from this member's REST API instead.")
    private @Nullable URI from;

    @Option(
            names = "--bind",
            paramLabel = "ADDRESS",
            defaultValue = "*",
            description = "Address to listen on (default: ${DEFAULT-VALUE}, all).")
    private String bind = "*";

    @Option(
            names = "--write-port",
            defaultValue = "5432",
            description = "Port that leads to the primary (default: ${DEFAULT-VALUE}).")
    private int writePort;

    @Option(
            names = "--read-port",
            defaultValue = "5433",
            description = "Port that leads to the standbys (default: ${DEFAULT-VALUE}).")
    private int readPort;

    @Option(
            names = "--statistics-port",
            defaultValue = "8404",
            description = "Port of the statistics page (default: ${DEFAULT-VALUE}).")
    private int statisticsPort;

    /// The algorithms by HAProxy's own names, as a user of HAProxy would type them.
    enum Balance {
        roundrobin(ReadBalance.ROUND_ROBIN),
        leastconn(ReadBalance.LEAST_CONNECTIONS);

        private final ReadBalance reads;

        Balance(ReadBalance reads) {
            this.reads = reads;
        }
    }

    @Option(
            names = "--balance",
            defaultValue = "leastconn",
            description =
                    "How reads are spread: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Balance balance = Balance.leastconn;

    @Option(
            names = "--slots",
            defaultValue = "8",
            description =
                    "Servers in each backend; free ones take members later without a reload"
                            + " (default: ${DEFAULT-VALUE}).")
    private int slots;

    @Option(
            names = "--runtime-socket",
            paramLabel = "PATH",
            defaultValue = "/run/haproxy/admin.sock",
            description = "Socket for changes at run time (default: ${DEFAULT-VALUE}).")
    private Path runtimeSocket = Path.of("/run/haproxy/admin.sock");

    @Option(
            names = "--apply",
            description =
                    "Print nothing; change the members of the HAProxy behind --runtime-socket,"
                            + " without a reload.")
    private boolean apply;

    @Option(
            names = "--check-method",
            defaultValue = "OPTIONS",
            description =
                    "How health is asked: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private RestCheck.Method method = RestCheck.Method.OPTIONS;

    @Option(names = "--check-tls", description = "The members' REST API speaks https.")
    private boolean checkTls;

    @Option(
            names = "--ca-file",
            paramLabel = "PATH",
            description = "Certificates to trust for https; without it they are not verified.")
    private @Nullable Path caFile;

    @Option(
            names = "--check-user",
            paramLabel = "USER",
            description = "User name for health checks; the password by --check-password-file.")
    private @Nullable String checkUser;

    @Option(
            names = "--check-password-file",
            paramLabel = "PATH",
            description = "File that holds the password and nothing else.")
    private @Nullable Path checkPasswordFile;

    @Override
    public Integer call() {
        if (listed.isEmpty() == (from == null)) {
            throw usage("Give the members, either by --member or by --from.");
        }
        List<ProxyMember> members = listed;
        boolean tls = checkTls;
        if (from != null) {
            requireHttp(from);
            try {
                ClusterDocument cluster = read(from);
                members = proxied(cluster);
                tls = tls || cluster.members().stream().anyMatch(ClusterDocument.Member::overTls);
            } catch (IOException unreadable) {
                warn(unreadable.getMessage());
                return CommandLine.ExitCode.SOFTWARE;
            }
            if (members.isEmpty()) {
                warn(from + ": the cluster has no members to lead to");
                return CommandLine.ExitCode.SOFTWARE;
            }
        }
        if (apply) {
            return changeRunning(members);
        }
        command().getOut().print(render(members, tls));
        command().getOut().flush();
        return CommandLine.ExitCode.OK;
    }

    private int changeRunning(List<ProxyMember> members) {
        ProxySlots unknown = ProxySlots.of(List.of(), 1);
        Reconciliation outcome =
                new HaproxyRuntime(runtimeSocket, RUNTIME_TIMEOUT).reconcile(unknown, members);
        return switch (outcome) {
            case Reconciliation.Done(ProxySlots served, int commandsSent) -> {
                command()
                        .getOut()
                        .printf(
                                "HAProxy serves %d members; %d commands sent%n",
                                served.taken().size(), commandsSent);
                command().getOut().flush();
                yield CommandLine.ExitCode.OK;
            }
            case Reconciliation.ReloadNeeded(String reason, _) -> {
                warn("render the configuration again and reload: " + reason);
                yield CommandLine.ExitCode.SOFTWARE;
            }
            case Reconciliation.Failed(String reason) -> {
                warn(runtimeSocket + ": " + reason);
                yield CommandLine.ExitCode.SOFTWARE;
            }
        };
    }

    private String render(List<ProxyMember> members, boolean tls) {
        try {
            var transport =
                    tls ? new RestCheck.Transport.Tls(caFile) : new RestCheck.Transport.Plain();
            ProxySettings settings =
                    ProxySettings.defaults()
                            .withListen(
                                    new ProxySettings.Listen(
                                            bind, writePort, readPort, statisticsPort))
                            .withReads(balance.reads)
                            .withSlots(slots)
                            .withRuntimeSocket(runtimeSocket)
                            .withCheck(new RestCheck(method, transport, credentials()));
            return HaproxyConfig.render(settings, ProxySlots.of(members, slots));
        } catch (IllegalArgumentException wrong) {
            throw usage(message(wrong));
        }
    }

    private RestCheck.@Nullable Credentials credentials() {
        if (checkUser == null && checkPasswordFile == null) {
            return null;
        }
        if (checkUser == null || checkPasswordFile == null) {
            throw usage("--check-user and --check-password-file go together.");
        }
        try {
            return new RestCheck.Credentials(
                    checkUser, Files.readString(checkPasswordFile).strip());
        } catch (IOException unreadable) {
            throw usage("--check-password-file: cannot be read: " + unreadable.getMessage());
        }
    }

    private ClusterDocument read(URI address) throws IOException {
        try (var source = ClusterSource.trusting(caFile, READ_TIMEOUT)) {
            return source.read(address);
        }
    }

    private List<ProxyMember> proxied(ClusterDocument cluster) throws IOException {
        var members = new ArrayList<ProxyMember>();
        for (ClusterDocument.Member member : cluster.members()) {
            if (member.host().isEmpty() || member.apiUrl().isEmpty()) {
                warn("member " + member.name() + " has no address yet and is left out");
                continue;
            }
            if (!member.restHost().equals(member.host())) {
                warn(
                        "member %s: its health will be asked at %s, where its PostgreSQL is, not at %s"
                                .formatted(member.name(), member.host(), member.restHost()));
            }
            try {
                members.add(
                        new ProxyMember(
                                member.name(), member.host(), member.port(), member.restPort()));
            } catch (IllegalArgumentException wrong) {
                throw new IOException(message(wrong), wrong);
            }
        }
        return members;
    }

    private void requireHttp(URI address) {
        String scheme = address.getScheme();
        if (address.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
            throw usage(
                    "--from: '%s' is not a URL such as http://10.0.0.1:8008".formatted(address));
        }
    }

    private void warn(@Nullable String text) {
        command().getErr().println("tamada haproxy-config: " + text);
        command().getErr().flush();
    }

    private ParameterException usage(String text) {
        return new ParameterException(command(), text);
    }

    private CommandLine command() {
        if (spec == null) {
            throw new IllegalStateException("not run by picocli");
        }
        return spec.commandLine();
    }

    private static String message(IllegalArgumentException wrong) {
        String text = wrong.getMessage();
        return text == null ? wrong.toString() : text;
    }
}
