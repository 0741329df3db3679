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
        description = {
            "Explain who leads and why, why the leader changed last, and what speaks against the",
            "others."
        },
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
        StoreOptions.Cluster cluster =
                StoreOptions.read(settings, StoreOptions.scope(null, settings));
        List<LeaderTerm> terms = LeaderHistory.read(settings, cluster.scope());
        MemberApi api = new MemberApi(settings);
        Map<String, JsonNode> said = new HashMap<>();
        Map<String, String> silent = new HashMap<>();
        for (Member member : cluster.view().members()) {
            MemberApi.Answer answer = api.get(member, "/why");
            JsonNode document = document(answer);
            if (document == null) {
                silent.put(member.name().value(), silence(answer));
            } else {
                said.put(member.name().value(), document);
            }
        }
        boolean known =
                name == null
                        || said.containsKey(name)
                        || silent.containsKey(name)
                        || terms.stream().anyMatch(term -> term.leader().value().equals(name));
        if (!known) {
            throw new StoreOptions.Failure(
                    1, name + " is not a member of " + cluster.scope() + " and has never led it");
        }
        print(new WhyText(cluster.scope(), cluster.view(), terms, said, silent).of(name));
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
