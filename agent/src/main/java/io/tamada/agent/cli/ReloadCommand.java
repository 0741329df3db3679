package io.tamada.agent.cli;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.member.Member;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Lets agents read their files again.
@Command(
        name = "reload",
        description = "Let the agents read their configuration files again.",
        footer = {"", "Example: tamada -c CONFIG.yml reload CLUSTER --force"})
final class ReloadCommand extends ControlCommand {

    @Parameters(
            arity = "1..*",
            paramLabel = "CLUSTER [MEMBER...]",
            description = "The cluster, and its members that are meant; default: all.")
    private List<String> names = new ArrayList<>();

    @Option(
            names = {"-r", "--role"},
            defaultValue = "any",
            converter = RoleChoice.Converter.class,
            completionCandidates = RoleChoice.Words.class,
            description = "Only members with this role: ${COMPLETION-CANDIDATES}.")
    private RoleChoice role = RoleChoice.ANY;

    @Override
    void run(StoreOptions store) throws StoreOptions.Failure {
        Place place = place(store, names.getFirst());
        List<Member> members = members(place, role, names.subList(1, names.size()));
        confirm("reload", members);
        ClusterConfig config = place.view().config();
        long within = (config == null ? ClusterConfig.DEFAULTS : config).loopWait().toSeconds();
        boolean good = true;
        for (Member member : members) {
            MemberApi.Answer answer = place.api().send(member, "POST", "/reload", "{}");
            good &= answer.isGood();
            print(
                    switch (answer.status()) {
                                case 200 -> "No changes to apply on member " + member.name();
                                case 202 ->
                                        ("Reload request received for member %s and will be"
                                                        + " processed within %d seconds")
                                                .formatted(member.name(), within);
                                default -> failed("reload", member, answer);
                            }
                            + "\n");
        }
        if (!good) {
            throw new StoreOptions.Failure(1, "reload has failed on some members");
        }
    }
}
