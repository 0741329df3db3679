package io.tamada.agent.cli;

import io.tamada.core.cluster.FailoverRequest;
import io.tamada.core.member.Member;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Takes back what was scheduled.
@Command(
        name = "flush",
        synopsisHeading = "Usage: tamada flush [OPTIONS] CLUSTER [MEMBER...] restart|switchover%n",
        customSynopsis = "",
        description = "Discard scheduled restarts, or a scheduled switchover.",
        footer = {"", "Example: tamada -c CONFIG.yml flush CLUSTER switchover"})
final class FlushCommand extends ControlCommand {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @Parameters(
            arity = "2..*",
            paramLabel = "CLUSTER [MEMBER...] restart|switchover",
            description = "Whose plans, and which.")
    private List<String> words = new ArrayList<>();

    @Option(
            names = {"-r", "--role"},
            defaultValue = "any",
            converter = RoleChoice.Converter.class,
            completionCandidates = RoleChoice.Words.class,
            description = "Only of members with this role: ${COMPLETION-CANDIDATES}.")
    private RoleChoice role = RoleChoice.ANY;

    @Spec private @Nullable CommandSpec own;

    @Override
    void run(StoreOptions store) throws StoreOptions.Failure {
        switch (words.getLast()) {
            case "restart" -> restarts(place(store, words.getFirst()));
            case "switchover" -> switchover(place(store, words.getFirst()));
            default -> {
                if (own != null) {
                    throw new ParameterException(
                            own.commandLine(),
                            "found '"
                                    + words.getLast()
                                    + "' at the end, expected restart or switchover");
                }
            }
        }
    }

    private void restarts(Place place) throws StoreOptions.Failure {
        List<Member> members = members(place, role, words.subList(1, words.size() - 1));
        confirm("flush", members);
        for (Member member : members) {
            if (member.scheduledRestart() == null) {
                print("No scheduled restart for member " + member.name() + "\n");
            } else {
                report(
                        "flush scheduled restart",
                        member,
                        place.api().send(member, "DELETE", "/restart", ""));
            }
        }
    }

    private void switchover(Place place) throws StoreOptions.Failure {
        FailoverRequest request = place.view().failover();
        if (request == null || request.scheduledAt() == null) {
            print("No pending scheduled switchover\n");
            return;
        }
        for (Member member : place.everybody()) {
            MemberApi.Answer answer = place.api().send(member, "DELETE", "/switchover", "");
            if (answer.status() == 200 || answer.status() == 404) {
                print((answer.isGood() ? "Success: " : "Failed: ") + answer.text() + "\n");
                return;
            }
            if (answer.status() == 0) {
                warn("Member " + member.name() + " is not accessible: " + answer.text());
            } else {
                print(
                        "Failed: member=%s, status_code=%d, (%s)%n"
                                .formatted(member.name(), answer.status(), answer.text()));
            }
        }
        print(
                "%s Could not find any accessible member of cluster %s%n"
                        .formatted(Moment.stamp(), place.scope()));
        StoreOptions.require(
                StoreOptions.ask(
                        place.settings(),
                        place.scope(),
                        control -> control.clearRequest(request.revision(), TIMEOUT)));
    }
}
