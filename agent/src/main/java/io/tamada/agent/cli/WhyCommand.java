package io.tamada.agent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.tamada.agent.settings.StoreSettings;
import io.tamada.core.cluster.LeaderTerm;
import io.tamada.core.member.Member;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Why a member leads, why the leader changed last, why nobody can be promoted.
@Command(
        name = "why",
        description =
                "Explain who leads and why, why the leader changed last, and what speaks against the"
                        + " others.",
        footer = {"", "Example: tamada -c CONFIG.yml why node2"})
final class WhyCommand extends StoreCommand {

    @Parameters(
            arity = "0..1",
            paramLabel = "MEMBER",
            description = "The member that is asked about; default: the whole cluster.")
    private @Nullable String name;

    @Override
    void run(StoreOptions store) throws StoreOptions.Failure {
        StoreSettings settings = store.settings();
        String scope = StoreOptions.scope(null, settings);
        MemberApi api = new MemberApi(settings);
        Answers answers = new Answers(new HashMap<>(), new HashMap<>());
        try {
            StoreOptions.Cluster cluster = StoreOptions.read(settings, scope);
            List<LeaderTerm> terms = LeaderHistory.read(settings, scope);
            answers.ask(api, cluster.view().members());
            tell(new WhyText(scope, cluster.view(), terms, answers.said, answers.silent));
        } catch (StoreOptions.Failure failure) {
            List<Member> members = failure.isOfStore ? MembersAlone.of(store) : null;
            if (members == null) {
                throw failure.isOfStore ? MembersAlone.needsAgentsFile(failure) : failure;
            }
            print(MembersAlone.header(failure));
            answers.ask(api, members);
            tell(
                    new WhyText(
                            scope,
                            MembersAlone.view(members, answers.said),
                            MembersAlone.terms(answers.said),
                            answers.said,
                            answers.silent));
        }
    }

    private void tell(WhyText why) throws StoreOptions.Failure {
        boolean known =
                name == null
                        || why.said().containsKey(name)
                        || why.silent().containsKey(name)
                        || why.terms().stream()
                                .anyMatch(term -> term.leader().value().equals(name));
        if (!known) {
            throw new StoreOptions.Failure(
                    1, name + " is not a member of " + why.scope() + " and has never led it");
        }
        print(why.of(name));
    }

    /// @param said what each member answers to `/why`.
    /// @param silent why it does not, of each member that does not.
    private record Answers(Map<String, JsonNode> said, Map<String, String> silent) {

        void ask(MemberApi api, List<Member> members) {
            for (Member member : members) {
                MemberApi.Answer answer = api.get(member, "/why");
                JsonNode document = document(answer);
                if (document == null) {
                    silent.put(member.name().value(), silence(answer));
                } else {
                    said.put(member.name().value(), document);
                }
            }
        }
    }

    private static @Nullable JsonNode document(MemberApi.Answer answer) {
        JsonNode json = answer.isGood() ? answer.json() : null;
        return json != null && json.path("decision").isObject() ? json : null;
    }

    private static String silence(MemberApi.Answer answer) {
        return switch (answer.status()) {
            case 0 -> "does not answer (" + answer.text() + ")";
            case 404 -> "cannot tell: its agent is no Tamada, or an older one";
            default -> "cannot tell now: its API answers " + answer.status();
        };
    }
}
