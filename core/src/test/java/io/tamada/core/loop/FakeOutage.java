package io.tamada.core.loop;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ClusterRecord;
import io.tamada.core.failsafe.FailsafeAnswer;
import io.tamada.core.failsafe.FailsafeBoard;
import io.tamada.core.failsafe.FailsafeCall;
import io.tamada.core.port.ClusterRecords;
import io.tamada.core.port.FailsafePeers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// Others who consent as the test says, and a disk that keeps what it is given.
final class FakeOutage implements FailsafePeers, ClusterRecords {

    final FailsafeBoard board = new FailsafeBoard();
    final List<SortedMap<String, String>> asked = new ArrayList<>();
    List<FailsafeAnswer> answers = List.of();
    Runnable beforeAnswers = () -> {};
    @Nullable ClusterRecord earlier;
    @Nullable ClusterRecord durable;
    @Nullable ClusterConfig config;
    boolean diskWorks = true;

    OutagePorts ports() {
        return new OutagePorts(this, board, this, _ -> config);
    }

    @Override
    public List<FailsafeAnswer> ask(
            FailsafeCall call, SortedMap<String, String> members, Duration timeout) {
        asked.add(members);
        beforeAnswers.run();
        return answers;
    }

    @Override
    public @Nullable ClusterRecord earlier() {
        return earlier;
    }

    @Override
    public void keep(ClusterRecord record) {
        if (diskWorks) {
            durable = record;
        }
    }

    @Override
    public @Nullable ClusterRecord durable() {
        return durable;
    }
}
