package io.tamada.agent.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.agent.hooks.CallbackWatch.Call;
import io.tamada.agent.hooks.CallbackWatch.Moment;
import org.junit.jupiter.api.Test;

class CallbackWatchTest {

    private final CallbackWatch watch = new CallbackWatch();

    @Test
    void aServerThatIsFoundRunningHasStartedOnce() {
        assertThat(watch.answers("one", true)).isEqualTo(new Call(Moment.ON_START, "primary"));
        assertThat(watch.answers("one", true)).isNull();
    }

    @Test
    void aPromotionIsAChangeOfRole() {
        watch.answers("one", false);
        assertThat(watch.answers("one", true))
                .isEqualTo(new Call(Moment.ON_ROLE_CHANGE, "primary"));
    }

    @Test
    void aDemotedServerIsStoppedAsAPrimaryAndComesBackWithAnotherRole() {
        watch.answers("one", true);
        assertThat(watch.stopped(false)).isEqualTo(new Call(Moment.ON_STOP, "primary"));
        assertThat(watch.answers("two", false))
                .isEqualTo(new Call(Moment.ON_ROLE_CHANGE, "replica"));
    }

    @Test
    void aRestartByOrderIsNeitherAStopNorAStart() {
        watch.answers("one", false);
        assertThat(watch.stopped(true)).isNull();
        assertThat(watch.answers("two", false)).isEqualTo(new Call(Moment.ON_RESTART, "replica"));
        assertThat(watch.stopped(false)).isEqualTo(new Call(Moment.ON_STOP, "replica"));
        assertThat(watch.answers("three", false)).isEqualTo(new Call(Moment.ON_START, "replica"));
    }

    @Test
    void aServerThatComesBackByItselfHasStarted() {
        watch.answers("one", true);
        assertThat(watch.answers("two", true)).isEqualTo(new Call(Moment.ON_START, "primary"));
    }

    @Test
    void nothingIsReloadedOrStoppedThatWasNeverSeen() {
        assertThat(watch.reloaded()).isNull();
        assertThat(watch.stopped(false)).isNull();
        watch.answers("one", true);
        assertThat(watch.reloaded()).isEqualTo(new Call(Moment.ON_RELOAD, "primary"));
    }
}
