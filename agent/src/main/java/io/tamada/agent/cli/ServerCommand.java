package io.tamada.agent.cli;

import io.tamada.core.member.Member;
import io.tamada.core.member.MemberRole;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Asks something of the servers of some members.
abstract class ServerCommand extends ControlCommand {

    @Parameters(
            arity = "1..*",
            paramLabel = "CLUSTER [MEMBER]",
            description = "The cluster, and its members that are meant; default: all.")
    List<String> names = new ArrayList<>();

    private final String action;
    private final String path;

    ServerCommand(String action, String path) {
        this.action = action;
        this.path = path;
    }

    List<Member> meant(Place place) throws StoreOptions.Failure {
        List<Member> members = new ArrayList<>();
        for (String name : names.subList(1, names.size())) {
            members.add(place.member(name));
        }
        return members.isEmpty() ? new ArrayList<>(place.view().members()) : members;
    }

    /// Sends the command to each, one after the other.
    void send(Place place, List<Member> members, Map<String, ?> body) throws StoreOptions.Failure {
        List<String> said = new ArrayList<>();
        members.forEach(member -> said.add(member.name().value()));
        confirm(
                "Are you sure you want to %s members %s?"
                        .formatted(action, String.join(", ", said)),
                "Aborted " + action);
        boolean good = true;
        for (Member member : members) {
            good &= report(action, member, place.api().send(member, "POST", path, json(body)));
        }
        if (!good) {
            throw new StoreOptions.Failure(1, action + " has failed on some members");
        }
    }

    @Command(
            name = "restart",
            description = "Restart the servers of members.",
            footer = {"", "Example: tamada restart CLUSTER node2 --force -c CONFIG.yml"})
    static final class Restart extends ServerCommand {

        @Option(
                names = {"-r", "--role"},
                defaultValue = "any",
                description = "primary, replica, standby-leader or any (default).")
        private String role = "any";

        @Option(
                names = {"-p", "--pending"},
                description = "Only those whose configuration waits for it.")
        private boolean pending;

        @Option(
                names = {"-v", "--pg-version"},
                paramLabel = "VERSION",
                description = "Only servers older than this.")
        private @Nullable String version;

        @Option(
                names = {"--timeout"},
                paramLabel = "TIME",
                description = "How long a primary may take to start before another one leads.")
        private @Nullable String timeout;

        @Option(
                names = {"--scheduled"},
                paramLabel = "TIME",
                description = "ISO 8601 with a zone; default: now.")
        private @Nullable String scheduled;

        Restart() {
            super("restart", "/restart");
        }

        @Override
        void run(StoreOptions store) throws StoreOptions.Failure {
            Place place = place(store, names.getFirst());
            List<Member> members = new ArrayList<>();
            for (Member member : meant(place)) {
                if (isWanted(member.role()) && (!pending || member.pendingRestart())) {
                    members.add(member);
                }
            }
            if (members.isEmpty()) {
                throw new StoreOptions.Failure(1, "no member fits");
            }
            Map<String, Object> body = new LinkedHashMap<>();
            if (pending) {
                body.put("restart_pending", true);
            }
            if (version != null) {
                body.put("postgres_version", version);
            }
            if (timeout != null) {
                body.put("timeout", timeout);
            }
            if (scheduled != null && !scheduled.equals("now")) {
                body.put("schedule", scheduled);
            }
            send(place, members, body);
        }

        private boolean isWanted(MemberRole of) throws StoreOptions.Failure {
            return switch (role) {
                case "any" -> true;
                case "primary", "master", "leader" -> of == MemberRole.PRIMARY;
                case "standby-leader", "standby_leader" -> of == MemberRole.STANDBY_LEADER;
                case "replica", "standby" -> of == MemberRole.REPLICA;
                default ->
                        throw new StoreOptions.Failure(
                                AgentCommand.BAD_CONFIGURATION,
                                "--role: found "
                                        + role
                                        + ", expected primary, replica, standby-leader or any");
            };
        }
    }

    @Command(
            name = "reload",
            description = "Let the agents read their configuration files again.",
            footer = {"", "Example: tamada reload CLUSTER --force -c CONFIG.yml"})
    static final class Reload extends ServerCommand {

        Reload() {
            super("reload", "/reload");
        }

        @Override
        void run(StoreOptions store) throws StoreOptions.Failure {
            Place place = place(store, names.getFirst());
            send(place, meant(place), Map.of());
        }
    }

    @Command(
            name = "reinit",
            description = "Replace the data of standbys by new copies.",
            footer = {"", "Example: tamada reinit CLUSTER node2 --force -c CONFIG.yml"})
    static final class Reinit extends ServerCommand {

        @Option(
                names = {"--from-leader"},
                description = "Copy the leader, whatever the tag clonefrom says.")
        private boolean fromLeader;

        Reinit() {
            super("reinitialize", "/reinitialize");
        }

        @Override
        void run(StoreOptions store) throws StoreOptions.Failure {
            if (names.size() < 2) {
                throw new StoreOptions.Failure(
                        AgentCommand.BAD_CONFIGURATION,
                        "name the members whose data are to be replaced");
            }
            Place place = place(store, names.getFirst());
            send(place, meant(place), Map.of("force", force, "from-leader", fromLeader));
        }
    }
}
