package io.tamada.agent.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tamada.core.member.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Replaces the data of standbys.
@Command(
        name = "reinit",
        description = "Replace the data of standbys by new copies.",
        footer = {"", "Example: tamada -c CONFIG.yml reinit CLUSTER node2 --force --wait"})
final class ReinitCommand extends ControlCommand {

    private static final double PAUSE_SECONDS = 2;
    private static final Set<String> UNDER_WAY_STATES =
            Set.of("creating replica", "starting", "stopping", "stopped");
    private static final String UNDER_WAY = " already in progress";

    @Parameters(
            arity = "1..*",
            paramLabel = "CLUSTER [MEMBER...]",
            description = "The cluster, and the standbys that are meant.")
    private List<String> names = new ArrayList<>();

    @Option(
            names = {"--from-leader"},
            description = "Copy the leader, whatever the tag clonefrom says.")
    private boolean fromLeader;

    @Option(
            names = {"--wait"},
            description = "Wait until the new copies are there.")
    private boolean waits;

    @Override
    void run(StoreOptions store) throws StoreOptions.Failure {
        Place place = place(store, names.getFirst());
        List<String> wanted = names.subList(1, names.size());
        List<Member> members = members(place, RoleChoice.REPLICA, wanted);
        if (wanted.isEmpty()) {
            if (force) {
                throw new StoreOptions.Failure(
                        AgentCommand.BAD_CONFIGURATION,
                        "name the members whose data are to be replaced");
            }
            String name =
                    dialogue()
                            .ask(
                                    "Which member do you want to reinitialize [%s]?"
                                            .formatted(names(members)),
                                    "");
            members = members.stream().filter(one -> one.name().value().equals(name)).toList();
            if (members.isEmpty()) {
                throw new StoreOptions.Failure(1, name + " is not a member of cluster");
            }
        }
        confirm("reinitialize", members);
        List<Member> begun = new ArrayList<>();
        for (Member member : members) {
            if (begins(place, member)) {
                begun.add(member);
            }
        }
        if (waits) {
            await(place, begun);
        }
        if (begun.size() < members.size()) {
            throw new StoreOptions.Failure(1, "reinitialize has failed on some members");
        }
    }

    private boolean begins(Place place, Member member) throws StoreOptions.Failure {
        boolean forced = force;
        while (true) {
            String body = json(Map.of("force", forced, "from-leader", fromLeader));
            MemberApi.Answer answer = place.api().send(member, "POST", "/reinitialize", body);
            boolean good = report("reinitialize", member, answer);
            if (good
                    || forced
                    || !answer.text().endsWith(UNDER_WAY)
                    || !dialogue().confirm("Do you want to cancel it and reinitialize anyway?")) {
                return good;
            }
            forced = true;
        }
    }

    private void await(Place place, List<Member> begun) {
        List<Member> left = new ArrayList<>(begun);
        int shown = 0;
        while (!left.isEmpty()) {
            if (shown != left.size()) {
                print("Waiting for reinitialize to complete on: " + names(left) + "\n");
                shown = left.size();
            }
            if (!Watch.slept(PAUSE_SECONDS)) {
                return;
            }
            for (Member member : List.copyOf(left)) {
                if (isDone(place.api().get(member, "/patroni"))) {
                    print("Reinitialize is completed on: " + member.name() + "\n");
                    left.remove(member);
                }
            }
        }
    }

    /// Where patronictl looks for the end of the copy alone, its server has to be up again, too.
    static boolean isDone(MemberApi.Answer answer) {
        ObjectNode status = answer.json();
        return answer.status() != 0
                && status != null
                && !UNDER_WAY_STATES.contains(status.path("state").asText());
    }
}
