package io.tamada.agent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tamada.agent.run.Version;
import io.tamada.agent.settings.StoreSettings;
import io.tamada.core.member.Member;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Prints the version of Tamada and of the Java runtime under it, and those of running members.
@Command(
        name = "version",
        description = "Show the version, and those that the members of a cluster run.",
        footer = {"", "Example: tamada -c CONFIG.yml version CLUSTER"})
final class VersionCommand extends StoreCommand {

    @Parameters(
            arity = "0..*",
            paramLabel = "CLUSTER [MEMBER...]",
            description = "Whose members are asked, and which; default: all of them.")
    private List<String> words = new ArrayList<>();

    @Override
    void run(StoreOptions store) throws StoreOptions.Failure {
        print("tamada " + Version.text() + " (Java " + Runtime.version() + ")\n");
        if (words.isEmpty()) {
            return;
        }
        print("\n");
        StoreSettings settings = store.settings();
        MemberApi api = new MemberApi(settings);
        List<String> wanted = words.subList(1, words.size());
        var view = StoreOptions.read(settings, words.getFirst()).view();
        for (Member member : RoleChoice.ANY.among(view)) {
            if (wanted.isEmpty() || wanted.contains(member.name().value())) {
                print(member.name() + ": " + said(api.get(member, "/patroni")) + "\n");
            }
        }
    }

    private static String said(MemberApi.Answer answer) {
        if (answer.status() == 0) {
            return "failed to get version: " + answer.text();
        }
        ObjectNode status = answer.json();
        return status == null
                ? "failed to get version: it answers " + answer.status() + " and no JSON"
                : versions(status);
    }

    /// @param status a member's status document.
    static String versions(JsonNode status) {
        String ours = status.at("/tamada/version").asText("");
        int server = status.path("server_version").asInt(0);
        return "Patroni "
                + status.at("/patroni/version").asText("unknown")
                + (server == 0 ? "" : " PostgreSQL " + dotted(server))
                + (ours.isEmpty() ? "" : " (Tamada " + ours + ")");
    }

    private static String dotted(int version) {
        return version < 100_000
                ? "%d.%d.%d".formatted(version / 10_000, version / 100 % 100, version % 100)
                : "%d.%d".formatted(version / 10_000, version % 10_000);
    }
}
