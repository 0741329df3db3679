package io.tamada.core.wal;

import static io.tamada.core.Facts.historyTo;
import static io.tamada.core.Facts.lsn;
import static io.tamada.core.Facts.timeline;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class TimelineHistoryTest {

    @Test
    void noHistoryMeansTheFirstTimeline() {
        assertThat(TimelineHistory.EMPTY.current()).isEqualTo(Timeline.FIRST);
    }

    @Test
    void theLastEntryPlusOneIsTheCurrentTimeline() {
        assertThat(historyTo(4).current()).isEqualTo(timeline(4));
    }

    @Test
    void anEndedTimelineKnowsWhereItEndedAndTheCurrentOneDoesNot() {
        assertThat(historyTo(4).switchPointOf(timeline(2))).isEqualTo(lsn(2000));
        assertThat(historyTo(4).switchPointOf(timeline(4))).isNull();
    }

    @Test
    void aTimelineIsAtLeastOne() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Timeline(0));
    }
}
