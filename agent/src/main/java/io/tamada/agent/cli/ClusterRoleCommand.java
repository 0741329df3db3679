package io.tamada.agent.cli;

import io.tamada.core.cluster.ClusterView;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberRole;
import io.tamada.core.member.MemberState;
import io.tamada.rest.document.PatroniWords;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Lets a whole cluster follow another one, or stand alone again.
abstract class ClusterRoleCommand extends ControlCommand {

    private static final Duration DONE_WITHIN = Duration.ofMinutes(10);

    @Parameters(arity = "0..1", paramLabel = "CLUSTER", description = "Default: scope of the file.")
    private @Nullable String scope;

    private final String verb;
    private final MemberRole wanted;

    /// @param verb without its last letter.
    /// @param wanted the leader's role when it is done.
    ClusterRoleCommand(String verb, MemberRole wanted) {
        this.verb = verb;
        this.wanted = wanted;
    }

    @Command(
            name = "demote-cluster",
            description = "Let the cluster follow a server of another one, as a standby cluster.",
            footer = {
                "",
                "Example: tamada -c CONFIG.yml demote-cluster --host 10.1.0.9 --port 5432 --force"
            })
    static final class Demote extends ClusterRoleCommand {

        @Option(
                names = {"--host"},
                paramLabel = "HOST",
                description = "The server to follow.")
        private @Nullable String host;

        @Option(
                names = {"--port"},
                paramLabel = "PORT",
                description = "Its port.")
        private @Nullable Integer port;

        @Option(
                names = {"--restore-command"},
                paramLabel = "COMMAND",
                description = "How WAL is fetched from an archive.")
        private @Nullable String restoreCommand;

        @Option(
                names = {"--primary-slot-name"},
                paramLabel = "SLOT",
                description = "The slot to stream from.")
        private @Nullable String slot;

        Demote() {
            super("demot", MemberRole.STANDBY_LEADER);
        }

        @Override
        void run(StoreOptions store) throws StoreOptions.Failure {
            if (host == null && port == null && restoreCommand == null) {
                throw new StoreOptions.Failure(
                        1, "At least --host, --port or --restore-command should be specified");
            }
            Map<String, @Nullable Object> part = new LinkedHashMap<>();
            part.put("host", host);
            part.put("port", port);
            part.put("primary_slot_name", slot);
            part.put("restore_command", restoreCommand);
            part.values().removeAll(Collections.singleton(null));
            change(store, part);
        }
    }

    @Command(
            name = "promote-cluster",
            description = "Let a standby cluster stand alone, with a primary of its own.",
            footer = {"", "Example: tamada -c CONFIG.yml promote-cluster --force"})
    static final class Promote extends ClusterRoleCommand {

        Promote() {
            super("promot", MemberRole.PRIMARY);
        }

        @Override
        void run(StoreOptions store) throws StoreOptions.Failure {
            change(store, null);
        }
    }

    /// @param standby what becomes of `standby_cluster`; null takes it away.
    void change(StoreOptions store, @Nullable Map<String, ?> standby) throws StoreOptions.Failure {
        Place place = place(store, scope);
        Member leader = place.leader();
        if (leader == null) {
            throw new StoreOptions.Failure(
                    1, "Cluster has no leader, " + verb + "ion is not possible");
        }
        if (leader.role() == wanted) {
            throw new StoreOptions.Failure(1, "Cluster is already in the required state");
        }
        showTopology(place);
        confirm(
                "Are you sure you want to %se %s cluster?".formatted(verb, place.scope()),
                "Aborted cluster " + verb + "ion");
        Map<String, @Nullable Object> patch = new HashMap<>();
        patch.put("standby_cluster", standby);
        MemberApi.Answer answer = place.api().send(leader, "PATCH", "/config", json(patch));
        if (answer.status() != 200) {
            throw new StoreOptions.Failure(
                    1,
                    "Failed to %se %s cluster: /config PATCH status code=%d, (%s)"
                            .formatted(verb, place.scope(), answer.status(), answer.text()));
        }
        await(place, leader);
        printTable(place);
    }

    private void await(Place place, Member before) throws StoreOptions.Failure {
        long end = System.nanoTime() + DONE_WITHIN.toNanos();
        while (System.nanoTime() - end < 0) {
            ClusterView view = place.look();
            if (isDone(view, before, wanted)) {
                print(Moment.stamp() + " cluster is successfully " + verb + "ed\n");
                return;
            }
            print(Moment.stamp() + " " + sight(view, before) + "\n");
            if (!Watch.slept(1)) {
                return;
            }
        }
        throw new StoreOptions.Failure(
                1,
                "the cluster is not yet " + verb + "ed after " + DONE_WITHIN.toMinutes() + " min");
    }

    /// The leader does what it should, and the one that led before is back.
    static boolean isDone(ClusterView view, Member before, MemberRole wanted) {
        Member leader = view.leaderMember();
        if (leader == null || leader.role() != wanted || leader.state() != MemberState.RUNNING) {
            return false;
        }
        Member former = view.member(before.name());
        return wanted == MemberRole.PRIMARY
                || (former != null && former.state() == MemberState.RUNNING);
    }

    private static String sight(ClusterView view, Member before) {
        Member leader = view.leaderMember();
        StringBuilder text = new StringBuilder("cluster is unlocked: ");
        text.append(view.leader() == null ? "True" : "False");
        text.append(", leader role: ");
        text.append(leader == null ? "None" : PatroniWords.of(leader.role()));
        text.append(", leader state: ");
        text.append(leader == null ? "None" : "'" + PatroniWords.of(leader.state()) + "'");
        Member former = view.member(before.name());
        if (leader != null && former != null && !leader.name().equals(before.name())) {
            text.append(", previous leader state: '")
                    .append(PatroniWords.of(former.state()))
                    .append('\'');
        }
        return text.toString();
    }
}
