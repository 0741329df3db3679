package io.tamada.chaos.faults;

import io.tamada.chaos.cluster.Await;
import io.tamada.chaos.cluster.TestEtcd;
import io.tamada.chaos.faults.NetworkFaults.Direction;
import java.time.Duration;

/// Harm to etcd, and to the primary's way to it.
final class EtcdFaults {

    private static final Duration BETWEEN_ELECTIONS = Duration.ofSeconds(6);
    private static final int ELECTIONS = 4;

    private EtcdFaults() {}

    static Fault cut(Direction direction, double ttls) {
        return scene -> {
            scene.network().cut(scene.primary().name(), direction);
            try {
                scene.begins();
                scene.last(ttls);
            } finally {
                scene.network().heal();
            }
        };
    }

    /// Every packet between the primary and etcd takes this long; it answers twice as late.
    static Fault slow(Duration oneWay, double ttls) {
        return scene -> {
            scene.network().delay(scene.primary().name(), oneWay);
            try {
                scene.begins();
                scene.last(ttls);
            } finally {
                scene.network().heal();
            }
        };
    }

    /// SIGKILL of some members, of which they come back.
    ///
    /// @param members how many, beginning with a random one.
    static Fault membersKilled(int members, double ttls) {
        return scene -> {
            TestEtcd etcd = scene.etcd();
            int first = scene.random().nextInt(etcd.size());
            scene.begins();
            for (int number = 0; number < members; number++) {
                etcd.kill((first + number) % etcd.size());
            }
            scene.last(ttls);
            for (int number = 0; number < members; number++) {
                etcd.start((first + number) % etcd.size());
            }
            etcd.awaitHealthy();
        };
    }

    /// Whoever leads etcd is killed, again and again; a new leader gives every lease its full time.
    static Fault leaderKilledAgainAndAgain() {
        return scene -> {
            TestEtcd etcd = scene.etcd();
            scene.begins();
            for (int election = 0; election < ELECTIONS; election++) {
                int leader = etcd.leader();
                etcd.kill(leader);
                Await.pause(BETWEEN_ELECTIONS.dividedBy(2));
                etcd.start(leader);
                Await.pause(BETWEEN_ELECTIONS.dividedBy(2));
            }
        };
    }

    /// All of etcd is down for a while and has everything when it comes back.
    static Fault down(double ttls) {
        return scene -> {
            scene.begins();
            scene.etcd().killAll();
            scene.last(ttls);
            scene.etcd().startAll();
            scene.etcd().awaitHealthy();
        };
    }

    /// All of etcd is down and comes back with nothing.
    ///
    /// @param ttls how long it is down.
    static Fault wiped(double ttls) {
        return scene -> {
            scene.begins();
            scene.etcd().killAll();
            scene.etcd().wipe();
            scene.last(ttls);
            scene.etcd().startAll();
            scene.etcd().awaitHealthy();
            scene.last(2);
        };
    }
}
