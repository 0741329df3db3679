package io.tamada.agent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.tamada.agent.settings.AgentSettings;
import io.tamada.agent.settings.SettingsResult;
import io.tamada.agent.settings.StoreSettings;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.member.Member;
import io.tamada.haproxy.HaproxyRuntime;
import io.tamada.haproxy.RuntimeAnswer;
import io.tamada.rest.document.HostPort;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Looks at everything that can be looked at from here. Exit code 1 when anything fails.
@Command(
        name = "doctor",
        description =
                "Look for what is wrong or may go wrong: etcd, members, clocks, disks, slots, roles,"
                        + " certificates, configuration. Each line says what to do.",
        footer = {"", "Example: tamada -c /etc/patroni/config.yml doctor"})
final class DoctorCommand extends StoreCommand {

    private static final Duration PROXY_PATIENCE = Duration.ofSeconds(5);

    @Option(
            names = {"--haproxy-socket"},
            paramLabel = "PATH",
            description = "The runtime socket of a HAProxy: does it send writes to the leader?")
    private @Nullable Path proxy;

    @Override
    void run(StoreOptions store) throws StoreOptions.Failure {
        Diagnosis diagnosis = new Diagnosis();
        StoreSettings settings = store.settings();
        String scope = StoreOptions.scope(null, settings);
        NodeChecks node = new NodeChecks(diagnosis);
        AgentSettings agent = null;
        SettingsResult read = store.agentFile();
        node.configuration(read);
        if (read instanceof SettingsResult.Loaded(AgentSettings loaded, _)) {
            agent = loaded;
            node.certificates(loaded, Instant.now());
        }
        node.etcd(settings.etcd3());
        ClusterView view = view(settings, scope, diagnosis);
        if (view != null) {
            cluster(settings, scope, view, diagnosis);
            Member leader = view.leaderMember();
            HostPort server = leader == null ? null : HostPort.ofUrl(leader.connUrl());
            if (agent != null && server != null) {
                node.privileges(
                        agent,
                        new io.tamada.agent.settings.HostPort(
                                server.host(), DsnCommand.port(server)));
            }
            proxy(diagnosis, server);
        } else {
            alone(store, scope, diagnosis);
        }
        int failed = diagnosis.count(Diagnosis.Grade.FAIL);
        print(diagnosis.text());
        if (failed > 0) {
            throw StoreOptions.Failure.bare(
                    1, "%d of %d lines say FAIL".formatted(failed, diagnosis.findings().size()));
        }
    }

    private static @Nullable ClusterView view(
            StoreSettings settings, String scope, Diagnosis diagnosis) {
        try {
            return StoreOptions.read(settings, scope).view();
        } catch (StoreOptions.Failure failure) {
            diagnosis.fail(
                    "etcd",
                    String.valueOf(failure.getMessage()),
                    "a majority of its members must run and reach each other");
            return null;
        }
    }

    private static void cluster(
            StoreSettings settings, String scope, ClusterView view, Diagnosis diagnosis)
            throws StoreOptions.Failure {
        MemberApi api = new MemberApi(settings);
        Map<String, MemberChecks.Said> said = new TreeMap<>();
        for (Member member : view.members()) {
            said.put(member.name().value(), ask(api, member));
        }
        MemberChecks checks = new MemberChecks(scope, diagnosis);
        checks.times(view);
        checks.leader(view, said);
        checks.absent(view, LeaderHistory.read(settings, scope), Instant.now());
        said.forEach((name, answer) -> checks.member(view, name, answer));
    }

    /// Without etcd the members that this node knows can be asked all the same.
    private static void alone(StoreOptions store, String scope, Diagnosis diagnosis)
            throws StoreOptions.Failure {
        List<Member> members = MembersAlone.of(store);
        if (members == null) {
            return;
        }
        MemberApi api = new MemberApi(store.settings());
        Map<String, MemberChecks.Said> said = new TreeMap<>();
        Map<String, JsonNode> whys = new TreeMap<>();
        for (Member member : members) {
            MemberChecks.Said answer = ask(api, member);
            said.put(member.name().value(), answer);
            if (answer.why() != null) {
                whys.put(member.name().value(), answer.why());
            }
        }
        ClusterView view = MembersAlone.view(members, whys);
        MemberChecks checks = new MemberChecks(scope, diagnosis);
        said.forEach((name, answer) -> checks.member(view, name, answer));
    }

    private static MemberChecks.Said ask(MemberApi api, Member member) {
        MemberApi.Answer status = api.get(member, "/patroni");
        if (status.status() == 0) {
            return new MemberChecks.Said(null, null, status.text(), Instant.EPOCH);
        }
        Instant before = Instant.now();
        MemberApi.Answer why = api.get(member, "/why");
        Instant middle = before.plus(Duration.between(before, Instant.now()).dividedBy(2));
        JsonNode document = status.json();
        return new MemberChecks.Said(
                document,
                why.isGood() ? why.json() : null,
                document == null ? "it answers " + status.status() + " and no JSON" : "",
                middle);
    }

    private void proxy(Diagnosis diagnosis, @Nullable HostPort leader) {
        if (proxy == null) {
            return;
        }
        switch (new HaproxyRuntime(proxy, PROXY_PATIENCE).send("show stat")) {
            case RuntimeAnswer.Text(String text) ->
                    ProxyChecks.statistics(
                            diagnosis, text, leader == null ? null : resolved(leader));
            case RuntimeAnswer.Failed(String reason) ->
                    diagnosis.fail("HAProxy", reason, "does it run, with a stats socket there?");
        }
    }

    /// HAProxy shows addresses, members may be known by names.
    private static String resolved(HostPort leader) {
        String host = leader.host();
        try {
            host = InetAddress.getByName(host).getHostAddress();
        } catch (UnknownHostException _) {
            // Then the name itself is what can be compared.
        }
        return host + ":" + DsnCommand.port(leader);
    }
}
