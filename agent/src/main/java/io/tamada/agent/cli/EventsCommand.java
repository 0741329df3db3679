package io.tamada.agent.cli;

import io.tamada.agent.journal.Journal;
import io.tamada.agent.journal.JournalFile;
import io.tamada.agent.os.FileFailure;
import io.tamada.agent.postgres.PostgresSettings;
import io.tamada.agent.settings.AgentSettings;
import io.tamada.agent.settings.StoreSettings;
import io.tamada.core.cluster.LeaderTerm;
import io.tamada.core.member.Member;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What the members have decided, done and seen.
@Command(
        name = "events",
        description = "Show what the members have decided, done and seen, by time.",
        footer = {"", "Example: tamada -c CONFIG.yml events node1 -n 20"})
final class EventsCommand extends StoreCommand {

    @Parameters(
            arity = "0..*",
            paramLabel = "MEMBER",
            description = "Whose events; default: all members'.")
    private List<String> names = new ArrayList<>();

    @Option(
            names = {"-n", "--lines"},
            paramLabel = "N",
            defaultValue = "50",
            description = "How many, the newest ones (default: ${DEFAULT-VALUE}).")
    private int lines = 50;

    @Option(
            names = {"--file"},
            description = "From the disk of this node, whether or not its agent runs.")
    private boolean fromFile;

    @Mixin private FormatOption output = new FormatOption();

    @Override
    void run(StoreOptions store) throws StoreOptions.Failure {
        if (lines < 1) {
            throw new StoreOptions.Failure(
                    AgentCommand.BAD_CONFIGURATION,
                    "--lines: found " + lines + ", expected a number from 1");
        }
        EventRows rows = new EventRows();
        if (fromFile) {
            readFile(store, rows);
        } else {
            try {
                ask(store, rows);
            } catch (StoreOptions.Failure failure) {
                if (!failure.isOfStore) {
                    throw failure;
                }
                askAlone(store, rows, failure);
            }
        }
        print(rows.write(output.format(), lines));
    }

    private void readFile(StoreOptions store, EventRows rows) throws StoreOptions.Failure {
        AgentSettings agent = store.agent();
        if (agent == null) {
            throw new StoreOptions.Failure(
                    AgentCommand.BAD_CONFIGURATION,
                    "--file: expected the configuration file of this node's agent (-c)");
        }
        Path directory = PostgresSettings.beside(agent.postgresql().dataDirectory());
        try {
            rows.addLines(agent.name().value(), JournalFile.latest(directory, lines));
        } catch (IOException unreadable) {
            throw new StoreOptions.Failure(
                    1,
                    "cannot read the journal in "
                            + directory
                            + ": "
                            + FileFailure.text(unreadable));
        }
    }

    private void ask(StoreOptions store, EventRows rows) throws StoreOptions.Failure {
        StoreSettings settings = store.settings();
        StoreOptions.Cluster cluster =
                StoreOptions.read(settings, StoreOptions.scope(null, settings));
        MemberApi api = new MemberApi(settings);
        List<LeaderTerm> terms = LeaderHistory.read(settings, cluster.scope());
        SortedSet<String> wanted = new TreeSet<>(names);
        if (names.isEmpty()) {
            cluster.view().members().forEach(member -> wanted.add(member.name().value()));
            terms.forEach(term -> wanted.add(term.leader().value()));
        }
        for (String name : wanted) {
            Member member = cluster.view().member(name);
            String trouble =
                    member == null
                            ? "is not among the members of " + cluster.scope()
                            : ask(api, member, rows);
            if (trouble != null) {
                warn(
                        name
                                + " "
                                + trouble
                                + (rows.addTerms(name, terms)
                                        ? "; what etcd has of it is when it led"
                                        : "; etcd has nothing of it either"));
            }
        }
    }

    private void askAlone(StoreOptions store, EventRows rows, StoreOptions.Failure failure)
            throws StoreOptions.Failure {
        List<Member> members = MembersAlone.of(store);
        if (members == null) {
            throw MembersAlone.needsAgentsFile(failure);
        }
        warn(failure.getMessage() + "; these are from the members that answer");
        MemberApi api = new MemberApi(store.settings());
        for (Member member : members) {
            String name = member.name().value();
            String trouble =
                    names.isEmpty() || names.contains(name) ? ask(api, member, rows) : null;
            if (trouble != null) {
                warn(name + " " + trouble + "; on its node: tamada events --file");
            }
        }
    }

    /// Null when it has told its events.
    private @Nullable String ask(MemberApi api, Member member, EventRows rows) {
        MemberApi.Answer answer =
                api.get(member, "/events?limit=" + Math.min(lines, Journal.SHOWN));
        if (answer.status() == 404) {
            return "keeps no events: its agent is no Tamada, or an older one";
        }
        if (answer.isGood() && rows.add(member.name().value(), answer.text())) {
            return null;
        }
        return "does not answer: "
                + (answer.status() == 0 ? answer.text() : "status " + answer.status());
    }
}
