package io.tamada.core.slot;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.member.MemberName;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlotNameTest {

    @ParameterizedTest
    @CsvSource({
        "postgresql0, postgresql0",
        "node-a, node_a",
        "Node.A, node_a",
        "a b, au0032b",
        "a_b, a_b",
        "ä, u0228",
        "𝄞, u119070"
    })
    void aMembersSlotIsNamedByPatronisRule(String member, String slot) {
        assertThat(SlotName.of(new MemberName(member))).isEqualTo(slot);
    }

    @Test
    void aSlotNameFitsPostgresLimit() {
        assertThat(SlotName.of(new MemberName("é".repeat(60)))).hasSize(63);
    }

    @Test
    void aSlotNameIsTheSameInEveryLanguage() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            assertThat(SlotName.of(new MemberName("I b"))).isEqualTo("iu0032b");
        } finally {
            Locale.setDefault(before);
        }
    }
}
