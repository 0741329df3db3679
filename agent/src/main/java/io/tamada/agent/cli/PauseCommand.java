package io.tamada.agent.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.PauseNote;
import io.tamada.core.member.Member;
import io.tamada.rest.control.Body;
import io.tamada.rest.control.Durations;
import io.tamada.rest.control.PausePatch;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Turns maintenance on and off.
abstract class PauseCommand extends ControlCommand {

    private static final Duration HEARD_WITHIN = Duration.ofSeconds(60);
    private static final int USAGE = 2;

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
            footer = {
                "",
                "Of a cluster that is paused already, --reason, --for and --until change what is"
                        + " known of the pause.",
                "",
                "Example: tamada pause --wait --reason 'new kernel' --for 2h -c CONFIG.yml"
            })
    static final class On extends PauseCommand {

        @Option(
                names = {"--reason"},
                paramLabel = "TEXT",
                description = "Why; shown wherever the pause is.")
        private @Nullable String reason;

        @ArgGroup private @Nullable End end;

        /// When the pause ends by itself.
        static final class End {

            @Option(
                    names = {"--until"},
                    paramLabel = "TIME",
                    description = "When it ends by itself, such as 2026-08-01T06:00+02:00.")
            private @Nullable String until;

            @Option(
                    names = {"--for"},
                    paramLabel = "DURATION",
                    description = "After how long it ends by itself, such as 90min or 2h.")
            private @Nullable String length;
        }

        On() {
            super(true, "paused");
        }

        @Override
        PauseNote note() throws StoreOptions.Failure {
            return new PauseNote(
                    reason == null || reason.isBlank() ? null : reason.strip(),
                    end == null ? null : moment(end.until, end.length));
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

    /// What is to be known of the pause.
    PauseNote note() throws StoreOptions.Failure {
        return PauseNote.NONE;
    }

    private static @Nullable String moment(@Nullable String until, @Nullable String length)
            throws StoreOptions.Failure {
        OffsetDateTime now = OffsetDateTime.now(ZoneId.systemDefault());
        if (length != null) {
            Duration lasts = Durations.parse(length);
            if (lasts == null || lasts.compareTo(Duration.ofSeconds(1)) < 0) {
                throw new StoreOptions.Failure(
                        USAGE,
                        "--for: '%s' is no length of time; expected one such as 90min or 2h"
                                .formatted(length));
            }
            return Moment.written(now.plus(lasts).truncatedTo(ChronoUnit.SECONDS));
        }
        String at = Moment.parse(until, ZoneId.systemDefault());
        if (at == null || !OffsetDateTime.parse(at).isAfter(now)) {
            throw new StoreOptions.Failure(USAGE, "--until: '%s' is over".formatted(until));
        }
        return at;
    }

    @Override
    void run(StoreOptions store) throws StoreOptions.Failure {
        PauseNote note = note();
        Place place = place(store, scope);
        boolean worded = !note.equals(PauseNote.NONE);
        if (place.isPaused() == paused && !worded) {
            throw new StoreOptions.Failure(
                    1, paused ? "Cluster is already paused" : "Cluster is not paused");
        }
        if (note.until() != null && place.view().members().stream().noneMatch(Member::isTamada)) {
            throw new StoreOptions.Failure(
                    1, "no member runs Tamada: nobody would end the pause by itself");
        }
        MemberApi.Answer last =
                askAny(
                        place,
                        place.everybody(),
                        "PATCH",
                        "/config",
                        Body.write(patch(place, note)));
        if (!last.isGood()) {
            throw new StoreOptions.Failure(
                    1,
                    "Failed: %s cluster management status code=%d, (%s)"
                            .formatted(paused ? "pause" : "resume", last.status(), last.text()));
        }
        if (waits) {
            await(place);
        }
        print(
                "Success: cluster management is %s%s%n"
                        .formatted(done, worded ? ", " + note.text() : ""));
    }

    private ObjectNode patch(Place place, PauseNote note) {
        ClusterConfig known = place.view().config();
        ObjectNode config =
                known == null
                        ? Body.empty()
                        : Objects.requireNonNullElseGet(Body.parse(known.json()), Body::empty);
        if (!paused) {
            return PausePatch.end(config);
        }
        PauseNote before = known == null || !known.pause() ? PauseNote.NONE : known.pauseNote();
        return PausePatch.begin(
                config,
                new PauseNote(
                        note.reason() == null ? before.reason() : note.reason(),
                        note.until() == null ? before.until() : note.until()));
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
