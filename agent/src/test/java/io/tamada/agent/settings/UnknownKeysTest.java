package io.tamada.agent.settings;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UnknownKeysTest {

    private static final String MISTYPED =
            "synchronus_mode: unknown key, ignored; nearest known key: synchronous_mode";

    @Test
    void aMistypedKeyIsNamedWithTheKnownOne() {
        assertThat(
                        UnknownKeys.in(
                                "{\"ttl\":30,\"synchronus_mode\":true,\"pause\":true,"
                                        + "\"postgresql\":{\"use_slot\":true,"
                                        + "\"parameters\":{\"work_mem\":\"8MB\"}},"
                                        + "\"slots\":{\"a\":{\"type\":\"physical\"}},"
                                        + "\"tamada\":{\"pause_reason\":\"x\",\"storage_timeuot\":5}}"))
                .containsExactlyInAnyOrder(
                        MISTYPED,
                        "postgresql.use_slot: unknown key, ignored; nearest known key:"
                                + " postgresql.use_slots",
                        "tamada.storage_timeuot: unknown key, ignored; nearest known key:"
                                + " tamada.storage_timeout");
    }

    @Test
    void ofAChangeOnlyWhatIsNewIsNamed() {
        String before = "{\"synchronus_mode\":true}";
        assertThat(UnknownKeys.added(before, "{\"synchronus_mode\":true,\"ttl\":20}")).isEmpty();
        assertThat(UnknownKeys.added("{\"ttl\":20}", before)).containsExactly(MISTYPED);
        assertThat(UnknownKeys.added(null, before)).containsExactly(MISTYPED);
        assertThat(UnknownKeys.in("[]")).isEmpty();
        assertThat(UnknownKeys.in("{not JSON")).isEmpty();
    }
}
