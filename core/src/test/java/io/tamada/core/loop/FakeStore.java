package io.tamada.core.loop;

import io.tamada.core.cluster.ClusterStatus;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.SyncState;
import io.tamada.core.cluster.SystemIdentifier;
import io.tamada.core.member.Member;
import io.tamada.core.port.ClusterStore;
import io.tamada.core.wal.Timeline;
import io.tamada.core.wal.TimelineHistory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/// A store that answers what the test has put in, and remembers what it was asked.
final class FakeStore implements ClusterStore {

    static final WriteOutcome DONE = new WriteOutcome.Done();

    final List<String> calls = new ArrayList<>();
    final List<Duration> timeouts = new ArrayList<>();
    ReadOutcome read = new ReadOutcome.View(ClusterView.EMPTY, false, false);
    RenewOutcome renewal = new RenewOutcome.Unknown("not set");
    AcquireOutcome acquisition = new AcquireOutcome.Unknown("not set");
    WriteOutcome session = DONE;
    WriteOutcome publication = DONE;
    WriteOutcome release = DONE;
    WriteOutcome config = DONE;
    WriteOutcome status = DONE;
    WriteOutcome sync = DONE;
    WriteOutcome failsafe = DONE;
    Duration readTimeout = Duration.ZERO;
    Duration renewalTimeout = Duration.ZERO;
    Runnable onRead = () -> {};
    WriteOutcome rebuild = DONE;
    Runnable beforeRenewalIsAnswered = () -> {};

    private <T> T answer(String call, Duration timeout, T outcome) {
        calls.add(call);
        timeouts.add(timeout);
        return outcome;
    }

    @Override
    public ReadOutcome read(Duration timeout) {
        readTimeout = timeout;
        onRead.run();
        return answer("read", timeout, read);
    }

    @Override
    public WriteOutcome keepSession(Duration ttl, Duration timeout) {
        return answer("keepSession " + ttl.toSeconds(), timeout, session);
    }

    @Override
    public RenewOutcome renewLeadership(Duration ttl, Duration timeout) {
        renewalTimeout = timeout;
        beforeRenewalIsAnswered.run();
        return answer("renew " + ttl.toSeconds(), timeout, renewal);
    }

    @Override
    public AcquireOutcome acquireLeadership(ClusterView seen, Duration ttl, Duration timeout) {
        return answer("acquire", timeout, acquisition);
    }

    @Override
    public AcquireOutcome adoptLeadership(ClusterView seen, Duration ttl, Duration timeout) {
        return answer("adopt", timeout, acquisition);
    }

    @Override
    public WriteOutcome releaseLeadership(Duration timeout) {
        return answer("release", timeout, release);
    }

    @Override
    public WriteOutcome publishMember(Member member, Duration timeout) {
        return answer("publish", timeout, publication);
    }

    @Override
    public WriteOutcome claimInitialization(Duration timeout) {
        return answer("claim", timeout, DONE);
    }

    @Override
    public WriteOutcome completeInitialization(SystemIdentifier system, Duration timeout) {
        return answer("complete", timeout, DONE);
    }

    @Override
    public WriteOutcome abandonInitialization(Duration timeout) {
        return answer("abandon", timeout, DONE);
    }

    @Override
    public WriteOutcome claimRebuild(Duration timeout) {
        return answer("claim rebuild", timeout, rebuild);
    }

    @Override
    public WriteOutcome releaseRebuild(Duration timeout) {
        return answer("release rebuild", timeout, DONE);
    }

    @Override
    public WriteOutcome createConfig(String json, Duration timeout) {
        return answer("config " + json, timeout, config);
    }

    @Override
    public WriteOutcome writeStatus(ClusterStatus status, Duration timeout) {
        return answer("status", timeout, this.status);
    }

    @Override
    public WriteOutcome writeSync(SyncState wanted, long seenRevision, Duration timeout) {
        return answer("sync " + wanted + " " + seenRevision, timeout, sync);
    }

    @Override
    public WriteOutcome writeHistory(TimelineHistory history, Duration timeout) {
        return answer("history " + history.entries().getLast().at(), timeout, DONE);
    }

    @Override
    public WriteOutcome claimTimeline(Timeline timeline, Duration timeout) {
        return answer("timeline " + timeline, timeout, DONE);
    }

    @Override
    public WriteOutcome clearFailover(long seenRevision, Duration timeout) {
        return answer("clear " + seenRevision, timeout, DONE);
    }

    @Override
    public WriteOutcome writeFailsafe(
            SortedMap<String, String> urls, long seenRevision, Duration timeout) {
        return answer("failsafe " + urls.keySet() + " at " + seenRevision, timeout, failsafe);
    }
}
