package io.tamada.agent.cli;

import io.tamada.core.member.Member;
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
                description = "ISO 8601 with a zone; default: now.")
        private @Nullable String scheduled;

        @Override
        void run(StoreOptions store) throws StoreOptions.Failure {
            Place place = place(store, scope);
            Member now = place.leader();
            if (now == null) {
                throw new StoreOptions.Failure(1, "This cluster has no leader");
            }
            printTable(place);
            String from = leader;
            if (from == null) {
                from = force ? now.name().value() : dialogue().ask("Primary", now.name().value());
            }
            if (!from.equals(now.name().value())) {
                throw new StoreOptions.Failure(
                        1,
                        "Member %s is not the leader of cluster %s".formatted(from, place.scope()));
            }
            List<String> others = new ArrayList<>();
            for (Member member : place.view().members()) {
                if (!member.name().equals(now.name())) {
                    others.add(member.name().value());
                }
            }
            if (others.isEmpty()) {
                throw new StoreOptions.Failure(1, "No candidates found to switchover to");
            }
            String to = candidate;
            if (to == null && !force) {
                to = dialogue().ask("Candidate " + quoted(others), "");
            }
            if (to != null && !to.isEmpty()) {
                if (to.equals(from)) {
                    throw new StoreOptions.Failure(1, "switchover target and source are the same.");
                }
                if (!others.contains(to)) {
                    throw new StoreOptions.Failure(
                            1,
                            "Member %s does not exist in cluster %s".formatted(to, place.scope()));
                }
            }
            Map<String, String> body = new LinkedHashMap<>();
            body.put("leader", from);
            if (to != null && !to.isEmpty()) {
                body.put("candidate", to);
            }
            String at = scheduled;
            if (at == null && !force) {
                at =
                        dialogue()
                                .ask(
                                        "When should the switchover take place (e.g. 2030-01-02T03:04+00:00)",
                                        "now");
            }
            if (at != null && !at.equals("now")) {
                body.put("scheduled_at", at);
            }
            confirm(
                    "Are you sure you want to switchover cluster %s, demoting current leader %s?"
                            .formatted(place.scope(), from),
                    "Aborting switchover");
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
            printTable(place);
            String to = candidate;
            if (to == null && !force) {
                to = dialogue().ask("Candidate", "");
            }
            if (to == null || to.isEmpty()) {
                throw new StoreOptions.Failure(
                        1, "Failover could be performed only to a specific candidate");
            }
            Member wanted = place.member(to);
            Member leader = place.leader();
            if (leader != null && leader.name().equals(wanted.name())) {
                throw new StoreOptions.Failure(1, wanted.name() + " leads already");
            }
            if (leader != null && !force) {
                MemberApi.Answer alive = place.api().send(leader, "GET", "/primary", "");
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
            confirm(
                    "Are you sure you want to failover cluster %s to %s?"
                            .formatted(place.scope(), to),
                    "Aborting failover");
            List<Member> asked = new ArrayList<>(place.view().members());
            asked.remove(wanted);
            asked.addFirst(wanted);
            finish(place, "/failover", Map.of("candidate", to), asked);
        }
    }

    private static String quoted(List<String> names) {
        return "['" + String.join("', '", names) + "']";
    }

    void finish(Place place, String path, Map<String, String> body, List<Member> asked)
            throws StoreOptions.Failure {
        MemberApi.Answer answer = new MemberApi.Answer(0, "no member has answered");
        for (Member member : asked) {
            answer = place.api().send(member, "POST", path, json(body));
            if (answer.status() != 0) {
                break;
            }
        }
        if (!answer.isGood()) {
            throw new StoreOptions.Failure(
                    1,
                    "%s failed, details: %d, %s"
                            .formatted(
                                    path.equals("/failover") ? "Failover" : "Switchover",
                                    answer.status(),
                                    answer.text()));
        }
        print(answer.text() + "\n");
        printTable(place);
    }
}
