package io.tamada.agent.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.agent.hooks.CallbackWatch.Call;
import io.tamada.agent.hooks.CallbackWatch.Moment;
import io.tamada.agent.hooks.CallbackWatch.Role;
import org.junit.jupiter.api.Test;

class CallbackWatchTest {

    private final CallbackWatch watch = new CallbackWatch();

    @Test
    void aServerThatIsFoundRunningHasStartedOnce() {
        assertThat(watch.answers("one", Role.PRIMARY))
                .isEqualTo(new Call(Moment.ON_START, "primary"));
        assertThat(watch.answers("one", Role.PRIMARY)).isNull();
    }

    @Test
    void aPromotionIsAChangeOfRole() {
        watch.answers("one", Role.REPLICA);
        assertThat(watch.answers("one", Role.PRIMARY))
                .isEqualTo(new Call(Moment.ON_ROLE_CHANGE, "primary"));
    }

    @Test
    void aDemotedServerIsStoppedAsAPrimaryAndComesBackWithAnotherRole() {
        watch.answers("one", Role.PRIMARY);
        assertThat(watch.stopped(false)).isEqualTo(new Call(Moment.ON_STOP, "primary"));
        assertThat(watch.answers("two", Role.REPLICA))
                .isEqualTo(new Call(Moment.ON_ROLE_CHANGE, "replica"));
    }

    @Test
    void aRestartByOrderIsNeitherAStopNorAStart() {
        watch.answers("one", Role.REPLICA);
        assertThat(watch.stopped(true)).isNull();
        assertThat(watch.answers("two", Role.REPLICA))
                .isEqualTo(new Call(Moment.ON_RESTART, "replica"));
        assertThat(watch.stopped(false)).isEqualTo(new Call(Moment.ON_STOP, "replica"));
        assertThat(watch.answers("three", Role.REPLICA))
                .isEqualTo(new Call(Moment.ON_START, "replica"));
    }

    @Test
    void aServerThatComesBackByItselfHasStarted() {
        watch.answers("one", Role.PRIMARY);
        assertThat(watch.answers("two", Role.PRIMARY))
                .isEqualTo(new Call(Moment.ON_START, "primary"));
    }

    @Test
    void nothingIsReloadedOrStoppedThatWasNeverSeen() {
        assertThat(watch.reloaded()).isNull();
        assertThat(watch.stopped(false)).isNull();
        watch.answers("one", Role.PRIMARY);
        assertThat(watch.reloaded()).isEqualTo(new Call(Moment.ON_RELOAD, "primary"));
    }

    @Test
    void aStandbyLeaderIsAReplicaFirst() {
        assertThat(watch.answers("one", Role.STANDBY_LEADER))
                .isEqualTo(new Call(Moment.ON_START, "replica"));
        assertThat(watch.answers("one", Role.STANDBY_LEADER))
                .isEqualTo(new Call(Moment.ON_ROLE_CHANGE, "standby_leader"));
        assertThat(watch.answers("one", Role.STANDBY_LEADER)).isNull();
        assertThat(watch.answers("two", Role.REPLICA))
                .isEqualTo(new Call(Moment.ON_ROLE_CHANGE, "replica"));
    }

    @Test
    void aPrimaryThatHandsOverWithoutAServerIsDemotedOnce() {
        assertThat(watch.handedOver()).isNull();
        watch.answers("one", Role.PRIMARY);
        assertThat(watch.handedOver()).isEqualTo(new Call(Moment.ON_ROLE_CHANGE, "demoted"));
        assertThat(watch.handedOver()).isNull();
        assertThat(watch.answers("two", Role.REPLICA))
                .isEqualTo(new Call(Moment.ON_ROLE_CHANGE, "replica"));
    }
}
