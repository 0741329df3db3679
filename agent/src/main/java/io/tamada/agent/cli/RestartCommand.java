package io.tamada.agent.cli;

import io.tamada.core.member.Member;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Restarts the servers of members, now or later.
@Command(
        name = "restart",
        description = "Restart the servers of members.",
        footer = {"", "Example: tamada -c CONFIG.yml restart CLUSTER node2 --force"})
final class RestartCommand extends MembersCommand {

    @Option(
            names = {"--any"},
            description = "One of them only, by chance.")
    private boolean one;

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
            description = "ISO 8601; default: now.")
    private @Nullable String scheduled;

    @Override
    void run(StoreOptions store) throws StoreOptions.Failure {
        Place place = place(store);
        List<Member> members = new ArrayList<>(members(place));
        if (scheduled == null && !force) {
            scheduled =
                    dialogue()
                            .ask(
                                    "When should the restart take place (e.g. %s) "
                                            .formatted(Moment.inAnHour()),
                                    "now");
        }
        String when = Moment.parse(scheduled, ZoneId.systemDefault());
        if (pending && when == null) {
            members.removeIf(member -> !member.pendingRestart());
        }
        if (members.isEmpty()) {
            print("No member waits for a restart\n");
            return;
        }
        if (one) {
            Collections.shuffle(members);
            members.subList(1, members.size()).clear();
        }
        confirmAt(when, members);
        if (version == null && !force) {
            version =
                    dialogue()
                            .ask(
                                    "Restart if the PostgreSQL version is less than provided"
                                            + " (e.g. 9.5.2) ",
                                    "");
        }
        if (when != null && place.isPaused()) {
            throw new StoreOptions.Failure(1, "Can't schedule restart in the paused state");
        }
        send(place, RestartOrder.of(members), when);
    }

    private void confirmAt(@Nullable String when, List<Member> members)
            throws StoreOptions.Failure {
        if (when == null) {
            confirm("restart", members);
        } else if (pending) {
            confirm(
                    "The nodes needing a restart will be identified at the scheduled time, and"
                            + " might be different from the ones showing pending restart right"
                            + " now. Is this fine?",
                    "Aborted scheduled restart");
        } else {
            confirm(
                    "Are you sure you want to schedule restart of members %s at %s?"
                            .formatted(names(members), when.replace('T', ' ')),
                    "Aborted scheduled restart");
        }
    }

    private void send(Place place, List<Member> members, @Nullable String when)
            throws StoreOptions.Failure {
        Map<String, Object> body = new LinkedHashMap<>();
        if (pending) {
            body.put("restart_pending", true);
        }
        if (version != null && !version.isEmpty()) {
            body.put("postgres_version", version);
        }
        if (when != null) {
            body.put("schedule", when);
        }
        if (timeout != null) {
            body.put("timeout", timeout);
        }
        boolean good = true;
        for (Member member : members) {
            if (when != null && force && member.scheduledRestart() != null) {
                place.api().send(member, "DELETE", "/restart", "");
            }
            MemberApi.Answer answer = place.api().send(member, "POST", "/restart", json(body));
            good &= answer.isGood();
            print(said(member, answer) + "\n");
        }
        if (!good) {
            throw new StoreOptions.Failure(1, "restart has failed on some members");
        }
    }

    private static String said(Member member, MemberApi.Answer answer) {
        return switch (answer.status()) {
            case 200 -> "Success: restart on member " + member.name();
            case 202 -> "Success: restart scheduled on member " + member.name();
            case 409 -> "Failed: another restart is already scheduled on member " + member.name();
            default -> failed("restart", member, answer);
        };
    }
}
