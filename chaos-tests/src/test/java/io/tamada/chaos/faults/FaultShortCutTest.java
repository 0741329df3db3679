package io.tamada.chaos.faults;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// One repeat of the rows that say most, with the busy clients, for every change.
class FaultShortCutTest {

    private static Tier tier;

    @BeforeAll
    static void begin() {
        tier = new Tier();
    }

    @AfterAll
    static void end() {
        tier.close();
    }

    @Test
    void aPrimaryWhoseAgentStandsStillAcknowledgesNothingOnceAnotherDoes() {
        once(Rows.agentStopped());
    }

    @Test
    void aPrimaryWhoseAgentIsKilledAcknowledgesNothingOnceAnotherDoes() {
        once(Rows.agentKilled());
    }

    @Test
    void aStandingPostmasterLetsNobodyAcknowledgeBesideItsBackends() {
        once(Rows.postmasterStopped());
    }

    private static void once(Row row) {
        row.hindrance(tier.machine()).ifPresent(Assumptions::abort);
        assertThat(tier.run(row, 0).judgement().complaints()).isEmpty();
    }
}
