package io.tamada.core.rejoin;

import static io.tamada.core.Facts.NOW;
import static io.tamada.core.Facts.config;
import static io.tamada.core.Facts.lsn;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.Facts;
import io.tamada.core.postgres.Headway;
import io.tamada.core.rewind.RewindCheck;
import io.tamada.core.wal.Lsn;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RebuildCheckTest {

    private static final Headway PURE_STANDBY = new Headway(0, false, false, null);
    private static final Headway FORMER_PRIMARY = new Headway(0, true, false, null);

    private static @Nullable String whyNot(
            Facts.ConfigBuilder config, Headway headway, RewindCheck check, long reached) {
        return RebuildCheck.whyNot(
                config.build(), Climb.NONE, headway, check, lsn(reached), lsn(5000));
    }

    @Test
    void aPureStandbysPrefixOfTheLeadersLineMayBeReplaced() {
        assertThat(whyNot(config(), PURE_STANDBY, RewindCheck.ON_LINE, 5000)).isNull();
        assertThat(whyNot(config().rejoin(false, 0, 300), PURE_STANDBY, RewindCheck.ON_LINE, 5000))
                .contains("rebuild_standby")
                .contains("mv DATA_DIR");
    }

    @Test
    void whatNobodyElseHasIsReplacedOnlyWhereTheSettingsSaySo() {
        assertThat(whyNot(config(), FORMER_PRIMARY, RewindCheck.ON_LINE, 100))
                .contains("was a primary");
        assertThat(whyNot(config(), PURE_STANDBY, RewindCheck.DIVERGED, 100)).contains("line");
        assertThat(whyNot(config(), PURE_STANDBY, RewindCheck.UNKNOWN, 100)).contains("line");
        assertThat(whyNot(config(), PURE_STANDBY, RewindCheck.ON_LINE, 5001)).contains("reaches");
        for (var allowed :
                new Facts.ConfigBuilder[] {
                    config().removeOnDivergence(), config().removeOnRewindFailure()
                }) {
            assertThat(whyNot(allowed, FORMER_PRIMARY, RewindCheck.DIVERGED, 5001)).isNull();
        }
    }

    @Test
    void anUnknownReachIsNotTakenForAShortOne() {
        Lsn unknown = null;
        assertThat(
                        RebuildCheck.whyNot(
                                config().build(),
                                Climb.NONE,
                                PURE_STANDBY,
                                RewindCheck.ON_LINE,
                                unknown,
                                lsn(5000)))
                .contains("unknown position");
    }

    @Test
    void aNewCopyThatFailsIsReplacedTwiceAndThenLookedAt() {
        Climb climb = Climb.NONE;
        for (int copies = 1; copies <= Climb.MOST_COPIES; copies++) {
            assertThat(ofCopy(climb)).isNull();
            climb = climb.afterCopy(NOW.plus(Duration.ofMinutes(copies)));
        }
        assertThat(ofCopy(climb)).startsWith("3 new copies in a row have never streamed");
        assertThat(ofCopy(climb.arrived())).isNull();
    }

    private static @Nullable String ofCopy(Climb climb) {
        return RebuildCheck.whyNot(
                config().removeOnDivergence().build(),
                climb,
                PURE_STANDBY,
                RewindCheck.ON_LINE,
                lsn(1),
                lsn(5000));
    }
}
