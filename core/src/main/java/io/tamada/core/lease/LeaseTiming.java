package io.tamada.core.lease;

import io.tamada.core.time.Monotonic;
import io.tamada.core.time.Part;
import java.time.Duration;

/// The arithmetic of the leader lease. All instants derive from one: `mayWriteUntil`, the moment
/// when the lease may have run out in the store, counted from when its last proven renewal was
/// sent.
///
/// ```
/// sent                demoteBy    quitBy    killBy          mayWriteUntil
///  |-- renewals, retries --|-- fast --|-- quit --|------ kill ------|
///                          '------------- stopBudget --------------'
/// ```
///
/// The rule `ttl >= loopWait + 2 * retryTimeout` is Patroni's; what it leaves after one loop and
/// one round of retries is the stop budget. Half of it lies behind `killBy`: SIGKILL has to be
/// scheduled, to reach every process of the instance, and again those that were born meanwhile.
public record LeaseTiming(Duration ttl, Duration loopWait, Duration retryTimeout) {

    public LeaseTiming {
        if (!ttl.isPositive() || !loopWait.isPositive() || !retryTimeout.isPositive()) {
            throw new IllegalArgumentException("ttl, loop_wait and retry_timeout must be positive");
        }
        if (ttl.compareTo(loopWait.plus(retryTimeout).plus(retryTimeout)) < 0) {
            throw new IllegalArgumentException(
                    "ttl must be at least loop_wait + 2 * retry_timeout: "
                            + ttl.toSeconds()
                            + " < "
                            + loopWait.toSeconds()
                            + " + 2 * "
                            + retryTimeout.toSeconds());
        }
    }

    /// Makes settings that break the rule keep it, in Patroni's way: first loopWait shrinks, to
    /// one second at the least, then retryTimeout takes half of what is left, in whole seconds.
    /// A time that is not positive counts as one second: a slip in the store's `config` key must
    /// not end every agent of the cluster at once.
    public static LeaseTiming adjusted(Duration ttl, Duration loopWait, Duration retryTimeout) {
        Duration safeTtl = ttl.compareTo(Duration.ofSeconds(3)) < 0 ? Duration.ofSeconds(3) : ttl;
        Duration loop = loopWait.isPositive() ? loopWait : Duration.ofSeconds(1);
        Duration retry = retryTimeout.isPositive() ? retryTimeout : Duration.ofSeconds(1);
        if (safeTtl.compareTo(loop.plus(retry).plus(retry)) < 0) {
            Duration left = safeTtl.minus(retry).minus(retry);
            loop = left.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : left;
            if (safeTtl.compareTo(loop.plus(retry).plus(retry)) < 0) {
                retry = Duration.ofSeconds(safeTtl.minus(loop).dividedBy(2).toSeconds());
            }
        }
        return new LeaseTiming(safeTtl, loop, retry);
    }

    /// What remains of the ttl for stopping PostgreSQL once renewing has failed for good.
    public Duration stopBudget() {
        return ttl.minus(loopWait).minus(retryTimeout);
    }

    /// When the loop gives up renewing and stops PostgreSQL.
    public Monotonic demoteBy(Monotonic mayWriteUntil) {
        return mayWriteUntil.minus(stopBudget());
    }

    /// When deadman and guard send SIGQUIT to the postmaster, whatever the loop is doing: a
    /// quarter of the stop budget after `demoteBy`.
    public Monotonic quitBy(Monotonic mayWriteUntil) {
        return demoteBy(mayWriteUntil).plus(Part.of(stopBudget(), 4));
    }

    /// When deadman and guard send SIGKILL to every process of the instance: half-way through
    /// the stop budget.
    public Monotonic killBy(Monotonic mayWriteUntil) {
        return demoteBy(mayWriteUntil).plus(Part.half(stopBudget()));
    }
}
