package io.tamada.agent.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tamada.agent.settings.StoreSettings;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.member.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// A command that changes something, by the API of the members.
abstract class ControlCommand extends StoreCommand {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Option(
            names = {"--force"},
            description = "Ask nothing.")
    boolean force;

    /// What a command works on.
    record Place(String scope, StoreSettings settings, MemberApi api, ClusterView view) {

        @Nullable Member leader() {
            return view.leaderMember();
        }

        Member member(String name) throws StoreOptions.Failure {
            Member member = view.member(name);
            if (member == null) {
                throw new StoreOptions.Failure(1, "No " + name + " among provided members");
            }
            return member;
        }

        /// The cluster as it is now.
        ClusterView look() throws StoreOptions.Failure {
            return ControlCommand.look(settings, scope);
        }

        boolean isPaused() {
            return view.config() != null && view.config().pause();
        }

        /// The leader first: what it does, the others hear of.
        List<Member> everybody() {
            Member leader = leader();
            List<Member> all = new ArrayList<>(view.members());
            if (leader != null) {
                all.remove(leader);
                all.addFirst(leader);
            }
            return all;
        }
    }

    /// Asks one member after the other, until one answers, and says who does not.
    MemberApi.Answer askAny(
            Place place, List<Member> members, String method, String path, String body) {
        return place.api().askAny(members, method, path, body, this::warn);
    }

    Place place(StoreOptions store, @Nullable String named) throws StoreOptions.Failure {
        StoreSettings settings = store.settings();
        String scope = StoreOptions.scope(named, settings);
        ClusterView view = look(settings, scope);
        if (view.members().isEmpty()) {
            throw new StoreOptions.Failure(1, scope + " cluster doesn't have any members");
        }
        return new Place(scope, settings, new MemberApi(settings), view);
    }

    void showTopology(Place place) throws StoreOptions.Failure {
        print("Current cluster topology\n");
        printTable(place);
    }

    void printTable(Place place) throws StoreOptions.Failure {
        print(
                new MemberRows(StoreOptions.read(place.settings(), place.scope()))
                        .write(Format.PRETTY, false));
    }

    private static ClusterView look(StoreSettings settings, String scope)
            throws StoreOptions.Failure {
        return StoreOptions.read(settings, scope).view();
    }

    /// Those that have the role and, where names are given, one of these; after the table of all.
    List<Member> members(Place place, RoleChoice role, List<String> names)
            throws StoreOptions.Failure {
        List<Member> having = role.among(place.view());
        if (having.isEmpty() && names.isEmpty()) {
            throw new StoreOptions.Failure(1, place.scope() + " cluster doesn't have any members");
        }
        printTable(place);
        List<Member> members =
                having.stream()
                        .filter(one -> names.isEmpty() || names.contains(one.name().value()))
                        .toList();
        if (members.isEmpty()) {
            throw new StoreOptions.Failure(1, "No " + role.word() + " among provided members");
        }
        return members;
    }

    void confirm(String action, List<Member> members) throws StoreOptions.Failure {
        confirm(
                "Are you sure you want to %s members %s?".formatted(action, names(members)),
                "Aborted " + action);
    }

    static String names(List<Member> members) {
        return String.join(", ", members.stream().map(member -> member.name().value()).toList());
    }

    /// Goes on only when that is wanted.
    ///
    /// @param no what is said when it is not.
    void confirm(String question, String no) throws StoreOptions.Failure {
        if (!force && !dialogue().confirm(question)) {
            throw new StoreOptions.Failure(1, no);
        }
    }

    static String json(Map<String, ?> fields) {
        try {
            return JSON.writeValueAsString(fields);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a map of scalars always has a JSON form", impossible);
        }
    }

    /// @return whether all went well.
    boolean report(String action, Member member, MemberApi.Answer answer) {
        print(
                (answer.isGood()
                                ? "Success: %s for member %s".formatted(action, member.name())
                                : failed(action, member, answer))
                        + "\n");
        return answer.isGood();
    }

    static String failed(String action, Member member, MemberApi.Answer answer) {
        return "Failed: %s for member %s, status code=%d, (%s)"
                .formatted(action, member.name(), answer.status(), answer.text());
    }
}
