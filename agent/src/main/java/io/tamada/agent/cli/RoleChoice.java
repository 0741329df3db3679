package io.tamada.agent.cli;

import io.tamada.core.cluster.ClusterView;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberRole;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// What `--role` may be.
enum RoleChoice {
    LEADER,
    PRIMARY,
    STANDBY_LEADER,
    REPLICA,
    STANDBY,
    ANY;

    private static final Comparator<Member> BY_NAME =
            Comparator.comparing(member -> member.name().value());

    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// For help and completion.
    static final class Words implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Stream.of(values()).map(RoleChoice::word).iterator();
        }
    }

    static final class Converter implements ITypeConverter<RoleChoice> {
        @Override
        public RoleChoice convert(String text) {
            String word = text.equals("master") ? "primary" : text.replace('_', '-');
            for (RoleChoice choice : values()) {
                if (choice.word().equals(word)) {
                    return choice;
                }
            }
            throw new TypeConversionException(
                    "found '" + text + "', expected one of " + String.join(", ", new Words()));
        }
    }

    /// The members that have this role, by their names.
    List<Member> among(ClusterView view) {
        Member leader = view.leaderMember();
        return switch (this) {
            case ANY -> view.members().stream().sorted(BY_NAME).toList();
            case REPLICA, STANDBY ->
                    view.members().stream()
                            .filter(member -> !member.equals(leader))
                            .sorted(BY_NAME)
                            .toList();
            case LEADER -> leader == null ? List.of() : List.of(leader);
            case PRIMARY ->
                    leader == null || leader.role() == MemberRole.STANDBY_LEADER
                            ? List.of()
                            : List.of(leader);
            case STANDBY_LEADER ->
                    leader == null || leader.role() == MemberRole.PRIMARY
                            ? List.of()
                            : List.of(leader);
        };
    }

    /// What a server of this role says of itself; null when that is not asked.
    @Nullable Boolean inRecovery() {
        return switch (this) {
            case ANY, LEADER -> null;
            case PRIMARY -> false;
            case REPLICA, STANDBY, STANDBY_LEADER -> true;
        };
    }

    /// The one member that is meant: by name, by role, or else the leader.
    static @Nullable Member pick(
            ClusterView view, @Nullable RoleChoice role, @Nullable String member)
            throws StoreOptions.Failure {
        if (member == null) {
            return (role == null ? LEADER : role).among(view).stream().findFirst().orElse(null);
        }
        if (role != null) {
            throw new StoreOptions.Failure(1, "--role and --member are mutually exclusive options");
        }
        return view.member(member);
    }
}
