package io.tamada.core;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ClusterConfig.PostgresPart;
import io.tamada.core.cluster.PauseNote;
import io.tamada.core.cluster.RemoteSource;
import io.tamada.core.cluster.SlotSettings;
import io.tamada.core.cluster.SynchronousMode;
import io.tamada.core.cluster.SystemIdentifier;
import io.tamada.core.failover.PeerReport;
import io.tamada.core.fencing.FencingStatus;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberProfile;
import io.tamada.core.member.MemberRole;
import io.tamada.core.member.MemberState;
import io.tamada.core.member.MemberTags;
import io.tamada.core.postgres.ControlData;
import io.tamada.core.postgres.ControlState;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.ServerProcess;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.Storage;
import io.tamada.core.postgres.Upstream;
import io.tamada.core.time.Monotonic;
import io.tamada.core.wal.Lsn;
import io.tamada.core.wal.Timeline;
import io.tamada.core.wal.TimelineHistory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Facts that tests are made of: this member is called `a`, its peers `b` and `c`.
public final class Facts {

    public static final Monotonic NOW = new Monotonic(1_000_000_000_000L);
    public static final MemberName A = new MemberName("a");
    public static final MemberName B = new MemberName("b");
    public static final MemberName C = new MemberName("c");
    public static final SystemIdentifier SYSTEM = new SystemIdentifier("7450000000000000001");
    public static final SystemIdentifier OTHER_SYSTEM = new SystemIdentifier("7450000000000000002");
    public static final Upstream REMOTE = new Upstream("10.9.9.9", 5432);
    public static final Upstream AT_B = new Upstream("10.0.0.2", 5432);
    public static final Upstream AT_C = new Upstream("10.0.0.3", 5432);

    private static final List<ServerStatus.SlotState> SLOT_OF_B =
            List.of(new ServerStatus.SlotState("b", true, true, new Lsn(1)));

    private Facts() {}

    public static Monotonic in(long seconds) {
        return NOW.plus(Duration.ofSeconds(seconds));
    }

    public static Monotonic ago(long seconds) {
        return NOW.minus(Duration.ofSeconds(seconds));
    }

    public static Lsn lsn(long bytes) {
        return new Lsn(bytes);
    }

    public static Timeline timeline(int id) {
        return new Timeline(id);
    }

    public static MemberTags tags(Object... keysAndValues) {
        TreeMap<String, Object> all = new TreeMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            all.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return new MemberTags(all);
    }

    public static MemberProfile profile(MemberTags tags) {
        return new MemberProfile(
                A,
                "postgres://10.0.0.1:5432/postgres",
                "http://10.0.0.1:8008/patroni",
                "installation-a",
                "4.1.4",
                tags);
    }

    /// History that ends each timeline at a thousand times its number.
    public static TimelineHistory historyTo(int timeline) {
        return historyTo(timeline, null);
    }

    public static TimelineHistory historyTo(int timeline, @Nullable String newLeader) {
        List<TimelineHistory.Entry> entries = new ArrayList<>();
        for (int id = 1; id < timeline; id++) {
            entries.add(
                    new TimelineHistory.Entry(
                            timeline(id), lsn(id * 1000L), "test", null, newLeader));
        }
        return new TimelineHistory(entries);
    }

    /// API URLs by member name.
    public static SortedMap<String, String> urls(MemberName... names) {
        SortedMap<String, String> urls = new TreeMap<>();
        for (MemberName name : names) {
            urls.put(name.value(), primary(name).apiUrl());
        }
        return urls;
    }

    public static Member member(MemberName name, MemberState state, MemberRole role, int timeline) {
        String address = "10.0.0." + (name.value().charAt(0) - 'a' + 1);
        return new Member(
                name,
                "postgres://" + address + ":5432/postgres",
                "http://" + address + ":8008/patroni",
                state,
                role,
                "4.1.4",
                "installation-" + name,
                timeline(timeline),
                lsn(5000),
                null,
                null,
                null,
                MemberTags.NONE,
                true,
                false,
                false);
    }

    /// A member that a Patroni of this version runs.
    public static Member ofPatroni(Member member, String version) {
        return new Member(
                member.name(),
                member.connUrl(),
                member.apiUrl(),
                member.state(),
                member.role(),
                version,
                null,
                member.timeline(),
                member.walLocation(),
                member.receivedLocation(),
                member.replayedLocation(),
                member.replicationState(),
                member.tags(),
                member.checkpointAfterPromote(),
                false,
                false);
    }

    public static Member primary(MemberName name) {
        return member(name, MemberState.RUNNING, MemberRole.PRIMARY, 1);
    }

    public static Member replica(MemberName name) {
        return member(name, MemberState.RUNNING, MemberRole.REPLICA, 1);
    }

    /// As a standby that streams publishes itself.
    public static Member streaming(Member member, MemberTags tags) {
        return new Member(
                member.name(),
                member.connUrl(),
                member.apiUrl(),
                member.state(),
                member.role(),
                member.version(),
                member.identity(),
                member.timeline(),
                member.walLocation(),
                member.receivedLocation(),
                member.replayedLocation(),
                "streaming",
                tags,
                member.checkpointAfterPromote(),
                member.pendingRestart(),
                member.pause());
    }

    public static Member saysWhyNot(Member member, String whyNot) {
        return new Member(
                member.name(),
                member.connUrl(),
                member.apiUrl(),
                member.state(),
                member.role(),
                member.version(),
                member.identity(),
                whyNot,
                member.timeline(),
                member.walLocation(),
                member.receivedLocation(),
                member.replayedLocation(),
                member.replicationState(),
                member.tags(),
                member.checkpointAfterPromote(),
                member.restart(),
                member.pause(),
                member.rejoin(),
                null,
                null);
    }

    public static Member checkpointPending(Member member) {
        return new Member(
                member.name(),
                member.connUrl(),
                member.apiUrl(),
                member.state(),
                member.role(),
                member.version(),
                member.identity(),
                member.timeline(),
                member.walLocation(),
                member.receivedLocation(),
                member.replayedLocation(),
                member.replicationState(),
                member.tags(),
                false,
                member.pendingRestart(),
                member.pause());
    }

    /// As published by a Patroni, when the identity is null.
    public static Member withIdentity(Member member, @Nullable String identity) {
        return new Member(
                member.name(),
                member.connUrl(),
                member.apiUrl(),
                member.state(),
                member.role(),
                member.version(),
                identity,
                member.timeline(),
                member.walLocation(),
                member.receivedLocation(),
                member.replayedLocation(),
                member.replicationState(),
                member.tags(),
                member.checkpointAfterPromote(),
                member.pendingRestart(),
                member.pause());
    }

    public static ServerStatus primaryStatus(int timeline, long written) {
        return status(false, timeline, lsn(written), null, null, false, null, SLOT_OF_B, true);
    }

    public static ServerStatus primaryBeforeCheckpoint(int timeline, long written) {
        return status(false, timeline, lsn(written), null, null, false, null, SLOT_OF_B, false);
    }

    public static ServerStatus primaryWithSlots(List<ServerStatus.SlotState> slots) {
        return status(false, 1, lsn(5000), null, null, false, null, slots, true);
    }

    public static ServerStatus primaryWithSlots(Lsn written, List<ServerStatus.SlotState> slots) {
        return status(false, 1, written, null, null, false, null, slots, true);
    }

    /// The same, with `wal_level: logical`.
    public static ServerStatus decoding(ServerStatus status) {
        return new ServerStatus(
                status.askedAt(),
                status.inRecovery(),
                status.timeline(),
                status.written(),
                status.received(),
                status.replayed(),
                status.replayPaused(),
                status.replayTimestamp(),
                status.streaming(),
                status.history(),
                status.checkpointAfterPromote(),
                status.upstream(),
                status.slots(),
                status.replication(),
                status.restart(),
                status.serverVersion(),
                status.postmasterStart(),
                status.synchronous(),
                true,
                status.replaysOwn());
    }

    /// The same, while it replays WAL that was there when it started.
    public static ServerStatus replayingOwn(ServerStatus status) {
        return new ServerStatus(
                status.askedAt(),
                status.inRecovery(),
                status.timeline(),
                status.written(),
                null,
                status.replayed(),
                status.replayPaused(),
                status.replayTimestamp(),
                false,
                status.history(),
                status.checkpointAfterPromote(),
                status.upstream(),
                status.slots(),
                status.replication(),
                status.restart(),
                status.serverVersion(),
                status.postmasterStart(),
                status.synchronous(),
                status.decodes(),
                true);
    }

    public static ServerStatus standbyWithSlots(Lsn reached, List<ServerStatus.SlotState> slots) {
        return status(true, 1, null, reached, reached, true, AT_B, slots, true);
    }

    public static ServerStatus standbyStatus(int timeline, long received) {
        return status(
                true, timeline, null, lsn(received), lsn(received), false, null, List.of(), true);
    }

    /// It has replayed less than it has received.
    public static ServerStatus replaying(int timeline, long received) {
        return status(
                true,
                timeline,
                null,
                lsn(received),
                lsn(received - 1),
                false,
                null,
                List.of(),
                true);
    }

    public static ServerStatus streamingFrom(Upstream upstream, int timeline, long received) {
        return status(
                true,
                timeline,
                null,
                lsn(received),
                lsn(received),
                true,
                upstream,
                List.of(),
                true);
    }

    /// Pointed at the upstream, which sends nothing.
    public static ServerStatus notStreaming(Upstream upstream, int timeline, long received) {
        return status(
                true,
                timeline,
                null,
                lsn(received),
                lsn(received),
                false,
                upstream,
                List.of(),
                true);
    }

    public static ServerStatus withHistory(ServerStatus status, TimelineHistory history) {
        return new ServerStatus(
                status.askedAt(),
                status.inRecovery(),
                status.timeline(),
                status.written(),
                status.received(),
                status.replayed(),
                status.replayPaused(),
                status.replayTimestamp(),
                status.streaming(),
                history,
                status.checkpointAfterPromote(),
                status.upstream(),
                status.slots(),
                status.replication(),
                status.pendingRestart(),
                status.serverVersion(),
                status.postmasterStart(),
                status.synchronous());
    }

    private static ServerStatus status(
            boolean inRecovery,
            int timeline,
            @Nullable Lsn written,
            @Nullable Lsn received,
            @Nullable Lsn replayed,
            boolean streaming,
            @Nullable Upstream upstream,
            List<ServerStatus.SlotState> slots,
            boolean checkpointed) {
        return new ServerStatus(
                NOW,
                inRecovery,
                timeline(timeline),
                written,
                received,
                replayed,
                false,
                null,
                streaming,
                historyTo(timeline),
                checkpointed,
                upstream,
                slots,
                List.of(),
                false,
                150_000,
                "2026-01-01 00:00:00+00",
                ServerStatus.Synchronous.NONE);
    }

    public static ServerProcess answering(ServerStatus status) {
        return new ServerProcess.Answering(status);
    }

    public static ServerProcess silent() {
        return new ServerProcess.NotAnswering(ago(5), false);
    }

    public static ServerProcess down() {
        return new ServerProcess.Down();
    }

    public static ControlData control(ControlState state, int timeline, long checkpoint) {
        return new ControlData(SYSTEM, state, timeline(timeline), lsn(checkpoint), null, null);
    }

    /// A directory that was a primary's.
    public static DataDirectory.Ready primaryData(ControlState state, int timeline, long lsn) {
        return new DataDirectory.Ready(control(state, timeline, lsn), false, true);
    }

    /// A directory that was a standby's.
    public static DataDirectory.Ready standbyData(int timeline, long reached) {
        return new DataDirectory.Ready(
                new ControlData(
                        SYSTEM,
                        ControlState.SHUT_DOWN_IN_RECOVERY,
                        timeline(timeline),
                        lsn(Math.min(reached, 100)),
                        lsn(reached),
                        timeline(timeline)),
                true,
                true);
    }

    /// The guard is required and has been missing since then.
    public static FencingStatus guardMissing(Monotonic since) {
        return new FencingStatus(
                FencingStatus.Rung.unavailable(
                        FencingStatus.Mode.REQUIRED, "it does not start", since),
                FencingStatus.Rung.OFF);
    }

    public static Operation running(Operation.Kind kind) {
        return new Operation.Running(kind, ago(1), "at work");
    }

    public static Operation succeeded(Operation.Kind kind) {
        return new Operation.Succeeded(kind, ago(1));
    }

    /// Failed long enough ago for the next attempt to be due.
    public static Operation failed(Operation.Kind kind, int attempt) {
        return new Operation.Failed(kind, ago(3600), "no luck", attempt);
    }

    public static Operation justFailed(Operation.Kind kind, int attempt) {
        return new Operation.Failed(kind, NOW, "no luck", attempt);
    }

    public static PeerReport.Answered standbyPeer(MemberName name, int timeline, long position) {
        return new PeerReport.Answered(
                name, false, timeline(timeline), lsn(position), MemberTags.NONE, false);
    }

    /// It replays WAL that it had when it started, and has come so far.
    public static PeerReport.Answered replayingPeer(MemberName name, int timeline, long position) {
        return new PeerReport.Answered(
                name, false, timeline(timeline), lsn(position), MemberTags.NONE, false, true);
    }

    public static PeerReport.Answered primaryPeer(MemberName name, int timeline, long position) {
        return new PeerReport.Answered(
                name, true, timeline(timeline), lsn(position), MemberTags.NONE, false);
    }

    public static Storage storageFails(long secondsAgo) {
        return new Storage(
                new Storage.Failing("No space left on device", ago(secondsAgo)), null, null);
    }

    public static Storage storageHangs(long secondsAgo) {
        return new Storage(new Storage.Late(ago(secondsAgo)), null, null);
    }

    /// Small writes succeed, but a WAL segment does not fit any more.
    public static Storage storageFull() {
        return new Storage(
                new Storage.Good(NOW), new Storage.Space((16 << 20) - 1, 1L << 30), null);
    }

    public static ConfigBuilder config() {
        return new ConfigBuilder();
    }

    /// The defaults, with some settings changed.
    public static final class ConfigBuilder {

        private Duration ttl = ClusterConfig.DEFAULTS.ttl();
        private Duration loopWait = ClusterConfig.DEFAULTS.loopWait();
        private Duration retryTimeout = ClusterConfig.DEFAULTS.retryTimeout();
        private long maximumLag = ClusterConfig.DEFAULTS.maximumLagOnFailoverBytes();
        private Duration primaryStartTimeout = ClusterConfig.DEFAULTS.primaryStartTimeout();
        private Duration primaryStopTimeout = ClusterConfig.DEFAULTS.primaryStopTimeout();
        private int maxTimelinesHistory = ClusterConfig.DEFAULTS.maxTimelinesHistory();
        private boolean checkTimeline;
        private boolean pause;
        private PauseNote pauseNote = PauseNote.NONE;
        private boolean copiesWithoutLeader;
        private boolean failsafeMode;
        private @Nullable RemoteSource remote;
        private SynchronousMode synchronousMode = SynchronousMode.OFF;
        private boolean strict;
        private int nodeCount = 1;
        private long maximumSyncLag = -1;
        private boolean usePgRewind;
        private boolean removeOnRewindFailure;
        private boolean removeOnDivergence;
        private boolean useSlots = true;
        private final SortedMap<String, String> parameters = new TreeMap<>();
        private SlotSettings slots = SlotSettings.DEFAULTS;
        private Duration storageTimeout = ClusterConfig.DEFAULTS.storageTimeout();
        private ClusterConfig.Rejoin rejoin = ClusterConfig.DEFAULTS.rejoin();

        public ConfigBuilder times(int ttl, int loopWait, int retryTimeout) {
            this.ttl = Duration.ofSeconds(ttl);
            this.loopWait = Duration.ofSeconds(loopWait);
            this.retryTimeout = Duration.ofSeconds(retryTimeout);
            return this;
        }

        public ConfigBuilder maximumLag(long bytes) {
            this.maximumLag = bytes;
            return this;
        }

        public ConfigBuilder primaryStartTimeout(int seconds) {
            this.primaryStartTimeout = Duration.ofSeconds(seconds);
            return this;
        }

        public ConfigBuilder primaryStopTimeout(int seconds) {
            this.primaryStopTimeout = Duration.ofSeconds(seconds);
            return this;
        }

        public ConfigBuilder maxTimelinesHistory(int entries) {
            this.maxTimelinesHistory = entries;
            return this;
        }

        public ConfigBuilder checkTimeline() {
            this.checkTimeline = true;
            return this;
        }

        public ConfigBuilder ownHbaFile() {
            parameters.put("hba_file", "/etc/my_hba.conf");
            return this;
        }

        public ConfigBuilder copiesWithoutLeader() {
            copiesWithoutLeader = true;
            return this;
        }

        public ConfigBuilder pause() {
            this.pause = true;
            return this;
        }

        public ConfigBuilder failsafeMode() {
            this.failsafeMode = true;
            return this;
        }

        public ConfigBuilder remote(RemoteSource value) {
            remote = value;
            return this;
        }

        public ConfigBuilder standbyCluster() {
            this.remote =
                    new RemoteSource(
                            REMOTE.host(), REMOTE.port(), "a_slot", List.of(), null, null, null);
            return this;
        }

        public ConfigBuilder synchronous(SynchronousMode mode) {
            this.synchronousMode = mode;
            return this;
        }

        public ConfigBuilder slots(SlotSettings value) {
            this.slots = value;
            return this;
        }

        public ConfigBuilder withoutSlots() {
            this.useSlots = false;
            return this;
        }

        public ConfigBuilder rejoin(boolean rebuildStandby, long rebuildLag, int patience) {
            this.rejoin =
                    new ClusterConfig.Rejoin(
                            rebuildStandby, rebuildLag, Duration.ofSeconds(patience));
            return this;
        }

        public ConfigBuilder storageTimeout(int seconds) {
            this.storageTimeout = Duration.ofSeconds(seconds);
            return this;
        }

        public ConfigBuilder strict() {
            this.strict = true;
            return this;
        }

        public ConfigBuilder syncNodes(int count) {
            this.nodeCount = count;
            return this;
        }

        public ConfigBuilder maximumSyncLag(long bytes) {
            this.maximumSyncLag = bytes;
            return this;
        }

        public ConfigBuilder usePgRewind() {
            this.usePgRewind = true;
            return this;
        }

        public ConfigBuilder pauseNote(PauseNote note) {
            this.pauseNote = note;
            return this;
        }

        public ConfigBuilder removeOnRewindFailure() {
            this.removeOnRewindFailure = true;
            return this;
        }

        public ConfigBuilder removeOnDivergence() {
            this.removeOnDivergence = true;
            return this;
        }

        public ClusterConfig build() {
            return new ClusterConfig(
                    ttl,
                    loopWait,
                    retryTimeout,
                    maximumLag,
                    primaryStartTimeout,
                    primaryStopTimeout,
                    slots,
                    maxTimelinesHistory,
                    checkTimeline,
                    pause,
                    pauseNote,
                    failsafeMode,
                    new ClusterConfig.Synchronous(
                            synchronousMode, strict, nodeCount, maximumSyncLag),
                    remote,
                    storageTimeout,
                    rejoin,
                    new PostgresPart(
                            usePgRewind,
                            useSlots,
                            removeOnRewindFailure,
                            removeOnDivergence,
                            parameters,
                            List.of(),
                            List.of(),
                            new TreeMap<>(),
                            null,
                            copiesWithoutLeader),
                    "{}");
        }
    }
}
