package io.tamada.core.cluster;

import static io.tamada.core.Facts.A;
import static io.tamada.core.Facts.B;
import static io.tamada.core.Facts.C;
import static io.tamada.core.Facts.SYSTEM;
import static io.tamada.core.Facts.config;
import static io.tamada.core.Facts.historyTo;
import static io.tamada.core.Facts.replica;
import static io.tamada.core.Facts.withIdentity;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.lease.LeaseTiming;
import io.tamada.core.member.Member;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterConfigTest {

    private static LeaseTiming timing(int ttl, int loopWait, int retryTimeout) {
        return new LeaseTiming(
                Duration.ofSeconds(ttl),
                Duration.ofSeconds(loopWait),
                Duration.ofSeconds(retryTimeout));
    }

    private static ClusterView members(Member... members) {
        return new ClusterView(
                1,
                new Initialization.Done(SYSTEM),
                null,
                List.of(members),
                null,
                historyTo(1),
                0,
                ClusterStatus.EMPTY,
                null,
                0,
                null,
                FailsafeMembers.NONE,
                null);
    }

    @Test
    void amongTamadasShortTimesCount() {
        assertThat(config().times(5, 1, 2).build().timing(ClusterConfig.Company.ONLY_TAMADAS))
                .isEqualTo(timing(5, 1, 2));
    }

    @Test
    void inCompanyWithPatroniItsMinimaApply() {
        assertThat(config().times(5, 1, 2).build().timing(ClusterConfig.Company.WITH_PATRONI))
                .isEqualTo(timing(20, 1, 3));
    }

    @Test
    void anybodyWithoutAnIdentityIsTakenForAPatroni() {
        assertThat(members(replica(B), withIdentity(replica(C), null)).company(A))
                .isEqualTo(ClusterConfig.Company.WITH_PATRONI);
    }

    @Test
    void ownOldRecordDoesNotMakeCompany() {
        assertThat(members(withIdentity(replica(A), null), replica(B)).company(A))
                .isEqualTo(ClusterConfig.Company.ONLY_TAMADAS);
    }
}
