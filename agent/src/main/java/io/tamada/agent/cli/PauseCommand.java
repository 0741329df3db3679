package io.tamada.agent.cli;

import io.tamada.core.cluster.ClusterView;
import io.tamada.core.member.Member;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Turns maintenance on and off.
abstract class PauseCommand extends ControlCommand {

    private static final Duration HEARD_WITHIN = Duration.ofSeconds(60);

    @Parameters(arity = "0..1", paramLabel = "CLUSTER", description = "Default: scope of the file.")
    private @Nullable String scope;

    @Option(
            names = {"--wait"},
            description = "Wait until every member has heard of it.")
    private boolean waits;

    private final boolean paused;
    private final String done;

    PauseCommand(boolean paused, String done) {
        this.paused = paused;
        this.done = done;
    }

    @Command(
            name = "pause",
            description =
                    "Leave PostgreSQL to the operator: nothing is started, stopped, promoted.",
            footer = {"", "Example: tamada pause --wait -c CONFIG.yml"})
    static final class On extends PauseCommand {
        On() {
            super(true, "paused");
        }
    }

    @Command(
            name = "resume",
            description = "End a pause.",
            footer = {"", "Example: tamada resume --wait -c CONFIG.yml"})
    static final class Off extends PauseCommand {
        Off() {
            super(false, "resumed");
        }
    }

    @Override
    void run(StoreOptions store) throws StoreOptions.Failure {
        Place place = place(store, scope);
        if (place.isPaused() == paused) {
            throw new StoreOptions.Failure(
                    1, paused ? "Cluster is already paused" : "Cluster is not paused");
        }
        MemberApi.Answer last =
                place.askAny(
                        place.everybody(),
                        "PATCH",
                        "/config",
                        paused ? "{\"pause\":true}" : "{\"pause\":null}");
        if (!last.isGood()) {
            throw new StoreOptions.Failure(
                    1,
                    "Failed: %s cluster management status code=%d, (%s)"
                            .formatted(paused ? "pause" : "resume", last.status(), last.text()));
        }
        if (waits) {
            await(place);
        }
        print("Success: cluster management is " + done + "\n");
    }

    private void await(Place place) throws StoreOptions.Failure {
        print(
                "'%s' request sent, waiting until it is recognized by all nodes%n"
                        .formatted(paused ? "pause" : "resume"));
        long end = System.nanoTime() + HEARD_WITHIN.toNanos();
        while (System.nanoTime() - end < 0) {
            ClusterView view = place.look();
            boolean all = true;
            for (Member member : view.members()) {
                all &= member.pause() == paused;
            }
            if (all) {
                return;
            }
            if (!Watch.slept(0.2)) {
                return;
            }
        }
        throw new StoreOptions.Failure(1, "not every member has heard of it within a minute");
    }
}
