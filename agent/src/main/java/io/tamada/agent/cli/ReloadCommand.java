package io.tamada.agent.cli;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.member.Member;
import java.util.List;
import picocli.CommandLine.Command;

/// Lets agents read their files again.
@Command(
        name = "reload",
        description = "Let the agents read their configuration files again.",
        footer = {"", "Example: tamada -c CONFIG.yml reload CLUSTER --force"})
final class ReloadCommand extends MembersCommand {

    @Override
    void run(StoreOptions store) throws StoreOptions.Failure {
        Place place = place(store);
        List<Member> members = members(place);
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
