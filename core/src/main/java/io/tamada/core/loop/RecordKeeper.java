package io.tamada.core.loop;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ClusterRecord;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.cluster.SystemIdentifier;
import io.tamada.core.decision.Outage;
import io.tamada.core.failover.PeerReport;
import io.tamada.core.failsafe.FailsafeBoard;
import io.tamada.core.lease.LeaseTiming;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberProfile;
import io.tamada.core.member.MemberRole;
import io.tamada.core.member.MemberState;
import io.tamada.core.member.MemberTags;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.time.Monotonic;
import io.tamada.core.wal.Timeline;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Keeps this member's own record of its cluster, and with it the terms of its consent to others:
/// consent is given only under a record that is on the disk, so that the next life of this agent
/// knows of it.
final class RecordKeeper {

    private static final Duration REVISION_KEPT_EVERY = Duration.ofMinutes(1);

    private final OutagePorts ports;
    private final @Nullable Monotonic barredUntil;
    private @Nullable ClusterRecord record;
    private final DoubtWatch doubts;
    private @Nullable Monotonic revisionKeptAt;
    private @Nullable ClusterConfig lastConfig;

    RecordKeeper(OutagePorts ports, Monotonic startedAt) {
        this.ports = ports;
        ClusterRecord earlier = ports.records().earlier();
        record = earlier;
        if (earlier != null && earlier.failsafe().released()) {
            // From here on consent can be given again.
            record =
                    earlier.withFailsafe(
                            new ClusterRecord.Failsafe(
                                    earlier.failsafe().on(), earlier.failsafe().ttl()));
            ports.records().keep(record);
        }
        doubts = new DoubtWatch(earlier == null ? 0 : earlier.revision());
        lastConfig =
                earlier == null || earlier.configJson() == null
                        ? null
                        : ports.reader().apply(earlier.configJson());
        barredUntil =
                earlier != null && earlier.failsafe().mayBind()
                        ? startedAt.plus(earlier.failsafe().ttl())
                        : null;
        ports.board().update(terms(null, null));
    }

    /// Before this instant an earlier life of this agent may have a consent in force; null when it
    /// has none.
    @Nullable Monotonic barredUntil() {
        return barredUntil;
    }

    @Nullable ClusterRecord record() {
        return record;
    }

    /// The agent ends in order: no consent is given any more, and when none is in force the next
    /// life is to know that it need not wait.
    void release(Monotonic now) {
        ports.board().update(FailsafeBoard.Terms.OFF);
        boolean bound =
                ports.board().promise(now) != null
                        || (barredUntil != null && now.isBefore(barredUntil));
        if (record != null && record.failsafe().on() && !bound) {
            record =
                    record.withFailsafe(
                            new ClusterRecord.Failsafe(true, record.failsafe().ttl(), true));
            ports.records().keep(record);
        }
    }

    /// What the others have told of themselves.
    void heard(List<PeerReport> peers) {
        doubts.heard(peers);
    }

    Outage.Doubt doubt() {
        return doubts.doubt();
    }

    /// The configuration of the cluster whose data are here, for a store that has lost it; null
    /// when none is known.
    @Nullable ClusterConfig lostConfig(DataDirectory directory) {
        return record != null
                        && record.system() != null
                        && directory instanceof DataDirectory.Ready data
                        && record.system().equals(data.control().system())
                ? lastConfig
                : null;
    }

    /// What the store has said, less what is not to be believed.
    ///
    /// @param leads whether this member leads, within its deadline.
    ClusterView trusted(ClusterView fresh, boolean leads, LeaseTiming timing, Monotonic now) {
        if (doubts.look(fresh, record, leads, timing, now) && record != null) {
            record =
                    new ClusterRecord(
                            record.system(),
                            record.members(),
                            record.leader(),
                            record.leaderConnUrl(),
                            fresh.history().current(),
                            fresh.revision(),
                            record.configJson(),
                            record.failsafe());
            ports.records().keep(record);
        }
        if (fresh.config() != null && fresh.initialization() instanceof Initialization.Done) {
            lastConfig = fresh.config();
        }
        return doubts.trusted(fresh);
    }

    /// It grows all the time, and each record is a synchronous write.
    private long recordedRevision(@Nullable ClusterRecord old, Monotonic now) {
        if (old != null
                && revisionKeptAt != null
                && now.isBefore(revisionKeptAt.plus(REVISION_KEPT_EVERY))) {
            return old.revision();
        }
        revisionKeptAt = now;
        return doubts.newestRevision();
    }

    /// A member of which no more is known than where to ask it.
    static Member absent(String name, String apiUrl) {
        return new Member(
                new MemberName(name),
                "",
                apiUrl,
                MemberState.STOPPED,
                MemberRole.UNINITIALIZED,
                "",
                null,
                null,
                null,
                null,
                null,
                null,
                MemberTags.NONE,
                true,
                false,
                false);
    }

    /// @param view what the store has just said; null when it does not answer.
    void observed(
            @Nullable ClusterView view,
            @Nullable ClusterView lastView,
            MemberProfile self,
            ClusterConfig config,
            LeaseTiming timing,
            Monotonic now) {
        if (view != null) {
            ClusterRecord next = next(view, self, config, timing, now);
            if (next != null && !next.equals(record)) {
                record = next;
                ports.records().keep(next);
            }
        }
        ports.board().update(terms(view, lastView));
    }

    private FailsafeBoard.Terms terms(@Nullable ClusterView view, @Nullable ClusterView lastView) {
        ClusterRecord durable = ports.records().durable();
        boolean on =
                record != null
                        && record.failsafe().mayBind()
                        && durable != null
                        && durable.failsafe().mayBind();
        Duration ttl = on && durable != null ? durable.failsafe().ttl() : null;
        MemberName leader = view == null || view.leader() == null ? null : view.leader().name();
        return new FailsafeBoard.Terms(ttl, leader, Failsafe.known(lastView, record));
    }

    /// Null when there is nothing to record: a cluster that does not exist (any more) leaves what
    /// is recorded of it.
    private @Nullable ClusterRecord next(
            ClusterView view,
            MemberProfile self,
            ClusterConfig config,
            LeaseTiming timing,
            Monotonic now) {
        if (doubts.doubt().since() != null) {
            return null;
        }
        if (!(view.initialization() instanceof Initialization.Done(SystemIdentifier system))) {
            return record == null || record.system() == null ? seen(view, self, timing) : null;
        }
        ClusterRecord old = record != null && system.equals(record.system()) ? record : null;
        Timeline timeline = view.history().current();
        SortedMap<String, String> members = new TreeMap<>();
        MemberName leader = old == null ? null : old.leader();
        String leaderConnUrl = old == null ? null : old.leaderConnUrl();
        if (view.leader() != null) {
            Member published = view.leaderMember();
            if (published != null) {
                leaderConnUrl = published.connUrl();
            } else if (!view.leader().name().equals(leader)) {
                leaderConnUrl = null;
            }
            leader = view.leader().name();
            for (Member member : view.members()) {
                members.put(member.name().value(), member.apiUrl());
            }
        } else if (old != null) {
            // Agents that lose the store lose their keys as well; they are members all the same.
            members.putAll(old.members());
        }
        members.put(self.name().value(), self.apiUrl());
        if (old != null && old.timeline().isAfter(timeline)) {
            timeline = old.timeline();
        }
        String configJson =
                view.config() == null
                        ? (old == null ? null : old.configJson())
                        : view.config().json();
        return new ClusterRecord(
                system,
                members,
                leader,
                leaderConnUrl,
                timeline,
                recordedRevision(old, now),
                configJson,
                failsafe(old, config, timing, now));
    }

    /// Before there is a cluster: whoever has been seen may have begun one, which a store that has
    /// been emptied since would not show.
    private ClusterRecord seen(ClusterView view, MemberProfile self, LeaseTiming timing) {
        SortedMap<String, String> members = new TreeMap<>();
        if (record != null) {
            members.putAll(record.members());
        }
        for (Member member : view.members()) {
            members.put(member.name().value(), member.apiUrl());
        }
        members.put(self.name().value(), self.apiUrl());
        return new ClusterRecord(
                null,
                members,
                null,
                null,
                Timeline.FIRST,
                doubts.newestRevision(),
                null,
                new ClusterRecord.Failsafe(false, timing.ttl()));
    }

    /// While a consent is in force, what the next life must know of it is not taken back.
    private ClusterRecord.Failsafe failsafe(
            @Nullable ClusterRecord old, ClusterConfig config, LeaseTiming timing, Monotonic now) {
        boolean promised = ports.board().promise(now) != null;
        Duration ttl = timing.ttl();
        if (promised && old != null && old.failsafe().ttl().compareTo(ttl) > 0) {
            ttl = old.failsafe().ttl();
        }
        return new ClusterRecord.Failsafe(config.failsafeMode() || promised, ttl);
    }
}
