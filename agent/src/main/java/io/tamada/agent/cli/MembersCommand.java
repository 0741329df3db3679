package io.tamada.agent.cli;

import io.tamada.core.member.Member;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// A command to some members of a cluster, or to all of them.
abstract class MembersCommand extends ControlCommand {

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

    Place place(StoreOptions store) throws StoreOptions.Failure {
        return place(store, names.getFirst());
    }

    /// Those that are meant; after the table of all.
    List<Member> members(Place place) throws StoreOptions.Failure {
        return members(place, role, names.subList(1, names.size()));
    }
}
