package io.tamada.agent.cli;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.SyncState;
import io.tamada.core.cluster.SynchronousMode;
import io.tamada.core.member.Member;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Asks for another leader.
abstract class LeaderCommand extends ControlCommand {

    @Parameters(arity = "0..1", paramLabel = "CLUSTER", description = "Default: scope of the file.")
    @Nullable String scope;

    @Option(
            names = {"--candidate"},
            paramLabel = "MEMBER",
            description = "Who is to lead.")
    @Nullable String candidate;

    @Command(
            name = "switchover",
            description = "Let another member lead, in order.",
            footer = {"", "Example: tamada switchover --candidate node2 --force -c CONFIG.yml"})
    static final class Switchover extends LeaderCommand {

        @Option(
                names = {"--leader", "--primary", "--master"},
                paramLabel = "MEMBER",
                description = "Who leads now.")
        private @Nullable String leader;

        @Option(
                names = {"--scheduled"},
                paramLabel = "TIME",
                description = "ISO 8601; default: now.")
        private @Nullable String scheduled;

        @Override
        void run(StoreOptions store) throws StoreOptions.Failure {
            Place place = place(store, scope);
            showTopology(place);
            Member now = place.leader();
            if (now == null) {
                throw new StoreOptions.Failure(1, "This cluster has no leader");
            }
            String from = leader;
            if (from == null) {
                from = now.name().value();
                boolean follows =
                        place.view().config() != null && place.view().config().standbyCluster();
                from = force ? from : dialogue().ask(follows ? "Standby Leader" : "Primary", from);
            }
            if (!from.equals(now.name().value())) {
                throw new StoreOptions.Failure(
                        1,
                        "Member %s is not the leader of cluster %s".formatted(from, place.scope()));
            }
            String to = candidate(place, "switchover");
            String at = scheduled;
            if (at == null && !force) {
                at =
                        dialogue()
                                .ask(
                                        "When should the switchover take place (e.g. %s ) "
                                                .formatted(Moment.inAnHour()),
                                        "now");
            }
            at = Moment.parse(at, ZoneId.systemDefault());
            if (at != null && place.isPaused()) {
                throw new StoreOptions.Failure(1, "Can't schedule switchover in the paused state");
            }
            if (at == null) {
                confirm(
                        "Are you sure you want to switchover cluster %s, demoting current leader %s?"
                                .formatted(place.scope(), from),
                        "Aborting switchover");
            } else {
                confirm(
                        ("Are you sure you want to schedule switchover of cluster %s at %s, demoting"
                                        + " current leader %s?")
                                .formatted(place.scope(), at, from),
                        "Aborting scheduled switchover");
            }
            Map<String, String> body = new LinkedHashMap<>();
            body.put("leader", from);
            if (!to.isEmpty()) {
                body.put("candidate", to);
            }
            if (at != null) {
                body.put("scheduled_at", at);
            }
            finish(place, "/switchover", body, place.everybody());
        }
    }

    @Command(
            name = "failover",
            description = "Let a member lead whose leader is dead; its last commits may be lost.",
            footer = {"", "Example: tamada failover --candidate node2 -c CONFIG.yml"})
    static final class Failover extends LeaderCommand {

        @Override
        void run(StoreOptions store) throws StoreOptions.Failure {
            Place place = place(store, scope);
            showTopology(place);
            String to = candidate(place, "failover");
            if (to.isEmpty()) {
                throw new StoreOptions.Failure(
                        1, "Failover could be performed only to a specific candidate");
            }
            Member wanted = place.member(to);
            Member leader = place.leader();
            if (leader != null && !force) {
                MemberApi.Answer alive = place.api().get(leader, "/primary");
                if (alive.isGood()) {
                    throw new StoreOptions.Failure(
                            1,
                            ("%s leads and is well (%s/primary: %d): use switchover, which loses"
                                            + " nothing, or --force")
                                    .formatted(
                                            leader.name(),
                                            leader.apiUrl().replaceFirst("/patroni$", ""),
                                            alive.status()));
                }
                print(
                        "%s does not answer as a primary: %s%n"
                                .formatted(
                                        leader.name(),
                                        alive.status() == 0 ? alive.text() : alive.status()));
            }
            confirmAsynchronous(place, wanted);
            confirm(
                    "Are you sure you want to failover cluster %s%s?"
                            .formatted(
                                    place.scope(),
                                    leader == null
                                            ? ""
                                            : ", demoting current leader " + leader.name()),
                    "Aborting failover");
            List<Member> asked = new ArrayList<>(place.view().members());
            asked.remove(wanted);
            asked.addFirst(wanted);
            finish(place, "/failover", Map.of("candidate", to), asked);
        }
    }

    void confirmAsynchronous(Place place, Member candidate) throws StoreOptions.Failure {
        ClusterConfig config = place.view().config();
        SyncState sync = place.view().sync();
        if (config != null
                && config.synchronous().mode() != SynchronousMode.OFF
                && sync != null
                && !sync.lists(candidate.name())) {
            confirm(
                    "Are you sure you want to failover to the asynchronous node %s?"
                            .formatted(candidate.name()),
                    "Aborting failover");
        }
    }

    /// Who is to lead, asked for where nobody is named; empty for whoever fits best.
    String candidate(Place place, String action) throws StoreOptions.Failure {
        String now = place.view().leader() == null ? "" : place.view().leader().name().value();
        List<String> others =
                place.view().members().stream()
                        .filter(member -> !member.tags().neverLeads())
                        .map(member -> member.name().value())
                        .filter(name -> !name.equals(now))
                        .sorted()
                        .toList();
        if (others.isEmpty()) {
            throw new StoreOptions.Failure(1, "No candidates found to " + action + " to");
        }
        String to = candidate;
        if (to == null) {
            to = force ? "" : dialogue().ask("Candidate " + quoted(others), "");
        }
        if (!to.isEmpty() && to.equals(now)) {
            throw new StoreOptions.Failure(
                    1,
                    "Member %s is already the leader of cluster %s".formatted(to, place.scope()));
        }
        if (!to.isEmpty() && !others.contains(to)) {
            throw new StoreOptions.Failure(
                    1,
                    "Member %s does not exist in cluster %s or is tagged as nofailover"
                            .formatted(to, place.scope()));
        }
        return to;
    }

    private static String quoted(List<String> names) {
        return "['" + String.join("', '", names) + "']";
    }

    void finish(Place place, String path, Map<String, String> body, List<Member> asked)
            throws StoreOptions.Failure {
        MemberApi.Answer answer = askAny(place, asked, "POST", path, json(body));
        if (!answer.isGood()) {
            throw new StoreOptions.Failure(
                    1,
                    "%s failed, details: %d, %s"
                            .formatted(
                                    path.equals("/failover") ? "Failover" : "Switchover",
                                    answer.status(),
                                    answer.text()));
        }
        print(Moment.stamp() + " " + answer.text() + "\n");
        printTable(place);
    }
}
