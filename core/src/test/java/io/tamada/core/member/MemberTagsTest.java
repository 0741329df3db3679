package io.tamada.core.member;

import static io.tamada.core.Facts.B;
import static io.tamada.core.Facts.tags;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemberTagsTest {

    @Test
    void withoutTagsAMemberMayLeadWithPriorityOne() {
        assertThat(MemberTags.NONE.neverLeads()).isFalse();
        assertThat(MemberTags.NONE.failoverPriority()).isEqualTo(1);
        assertThat(MemberTags.NONE.replicateFrom()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "True", "yes", "on", "1"})
    void nofailoverCountsHoweverYamlSpellsTrue(String text) {
        assertThat(tags("nofailover", text).neverLeads()).isTrue();
    }

    @Test
    void nofailoverCountsAsNumberAndBoolean() {
        assertThat(tags("nofailover", true).neverLeads()).isTrue();
        assertThat(tags("nofailover", 1L).neverLeads()).isTrue();
        assertThat(tags("nofailover", false).neverLeads()).isFalse();
        assertThat(tags("nofailover", 0L).neverLeads()).isFalse();
    }

    @Test
    void aPriorityOfZeroOrLessNeverLeads() {
        assertThat(tags("failover_priority", 0L).neverLeads()).isTrue();
        assertThat(tags("failover_priority", -3L).neverLeads()).isTrue();
        assertThat(tags("failover_priority", "0").neverLeads()).isTrue();
        assertThat(tags("failover_priority", 2L).neverLeads()).isFalse();
    }

    @Test
    void whereBothAreGivenNofailoverDecides() {
        assertThat(tags("nofailover", false, "failover_priority", 0L).neverLeads()).isFalse();
        assertThat(tags("nofailover", true, "failover_priority", 9L).neverLeads()).isTrue();
    }

    @Test
    void aPriorityTooLargeForAnIntegerStaysLarge() {
        assertThat(tags("failover_priority", 1L << 32).failoverPriority()).isPositive();
    }

    @Test
    void theOtherTagsAreReadToo() {
        MemberTags tags =
                tags(
                        "noloadbalance", true,
                        "clonefrom", true,
                        "nostream", true,
                        "replicatefrom", "b");
        assertThat(tags.noLoadBalance()).isTrue();
        assertThat(tags.cloneFrom()).isTrue();
        assertThat(tags.noStream()).isTrue();
        assertThat(tags.replicateFrom()).isEqualTo(B);
    }

    @Test
    void aNameThatCannotBeAMembersIsNobody() {
        assertThat(tags("replicatefrom", "b/c").replicateFrom()).isNull();
        assertThat(tags("replicatefrom", "").replicateFrom()).isNull();
        assertThat(tags("replicatefrom", 7L).replicateFrom()).isNull();
    }
}
