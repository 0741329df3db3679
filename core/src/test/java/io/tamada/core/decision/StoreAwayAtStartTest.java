package io.tamada.core.decision;

import static io.tamada.core.Facts.A;
import static io.tamada.core.Facts.AT_B;
import static io.tamada.core.Facts.B;
import static io.tamada.core.Facts.SYSTEM;
import static io.tamada.core.Facts.ago;
import static io.tamada.core.Facts.config;
import static io.tamada.core.Facts.down;
import static io.tamada.core.Facts.timeline;
import static io.tamada.core.Facts.urls;
import static io.tamada.core.decision.Plan.commands;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.Scene;
import io.tamada.core.cluster.ClusterRecord;
import io.tamada.core.cluster.SystemIdentifier;
import io.tamada.core.lease.LeaderLease;
import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberTags;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.StopMode;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// An agent that begins while the store is away.
class StoreAwayAtStartTest {

    private static final String CONN_URL = "postgres://10.0.0.2:5432/postgres";

    private static Outage outage(
            @Nullable SystemIdentifier system, MemberName leader, @Nullable String configJson) {
        ClusterRecord record =
                new ClusterRecord(
                        system,
                        urls(A, B),
                        leader,
                        leader.equals(A) ? "postgres://10.0.0.1:5432/postgres" : CONN_URL,
                        timeline(1),
                        1,
                        configJson,
                        new ClusterRecord.Failsafe(false, Duration.ofSeconds(30)));
        return new Outage(null, null, record, new TreeMap<>(), null, null, null, Outage.Doubt.NONE);
    }

    private static Scene rebooted(MemberName lastLeader) {
        return Scene.storeSilent()
                .process(down())
                .outage(outage(SYSTEM, lastLeader, "{}"))
                .neverRead(ago(10));
    }

    private static Scene foundPrimary(MemberName lastLeader) {
        return Scene.leading()
                .storeAnswers(false)
                .lease(new LeaderLease.Unknown())
                .outage(outage(SYSTEM, lastLeader, "{}"))
                .neverRead(ago(10))
                .config(config().pause());
    }

    @Test
    void servesReadersFromWhatItHasOnceARoundOfRetriesHasPassed() {
        assertThat(rebooted(A).neverRead(ago(9)).decide().rule())
                .isEqualTo(RuleId.STORE_AWAITED_AT_START);
        Decision decision = rebooted(A).decide();
        assertThat(decision.rule()).isEqualTo(RuleId.STORE_SILENT_START_READ_ONLY);
        assertThat(commands(decision)).containsExactly(new PostgresCommand.StartAsStandby(null));
    }

    @Test
    void streamsFromWhoeverLedLastSinceThatOneMayGoOnByConsent() {
        assertThat(commands(rebooted(B).decide()))
                .containsExactly(new PostgresCommand.StartAsStandby(AT_B));
        assertThat(
                        commands(
                                rebooted(B)
                                        .tags(
                                                new MemberTags(
                                                        new TreeMap<>(Map.of("nostream", true))))
                                        .decide()))
                .containsExactly(new PostgresCommand.StartAsStandby(null));
    }

    @Test
    void waitsWhereItCannotTellWhoseDataTheseAreOrHowTheyAreServed() {
        for (Outage unknown :
                new Outage[] {
                    outage(SYSTEM, B, null),
                    outage(null, B, "{}"),
                    outage(new SystemIdentifier("7450000000000000999"), B, "{}"),
                    Outage.NONE
                }) {
            Decision decision = rebooted(B).outage(unknown).decide();
            assertThat(decision.rule()).isEqualTo(RuleId.STORE_AWAITED_AT_START);
            assertThat(commands(decision)).isEmpty();
        }
    }

    @Test
    void startsNothingInAPauseThatItRemembers() {
        Decision decision = rebooted(B).config(config().pause()).decide();
        assertThat(decision.rule()).isEqualTo(RuleId.PAUSED_MEMBER);
        assertThat(commands(decision)).isEmpty();
    }

    @Test
    void aPauseThatIsOnlyRememberedKeepsAPrimaryOnlyWhereNobodyElseWasSeenToLead() {
        assertThat(commands(foundPrimary(A).decide())).isEmpty();
        assertThat(commands(foundPrimary(B).decide()))
                .containsExactly(new PostgresCommand.Stop(StopMode.FAST));
        assertThat(commands(foundPrimary(A).outage(Outage.NONE).decide()))
                .containsExactly(new PostgresCommand.Stop(StopMode.FAST));
    }
}
