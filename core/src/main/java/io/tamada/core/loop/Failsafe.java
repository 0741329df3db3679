package io.tamada.core.loop;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ClusterRecord;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.decision.Outage;
import io.tamada.core.failsafe.FailsafeAnswer;
import io.tamada.core.failsafe.FailsafeBoard;
import io.tamada.core.failsafe.FailsafeCall;
import io.tamada.core.lease.LeaseTiming;
import io.tamada.core.lease.WriteDeadline;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberName;
import io.tamada.core.port.TimeSource;
import io.tamada.core.slot.SlotName;
import io.tamada.core.time.Monotonic;
import io.tamada.core.wal.Lsn;
import java.time.Duration;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Leading without a store: this leader's rounds of asking, and this member's consent to others.
///
/// Why a round that all have accepted is as good as a lease: while it counts, nobody that the
/// `failsafe` key names will race (each has promised so, for a time that began after the round was
/// sent), nobody else may race at all, and nobody but the leader changes the key, which is guarded
/// by the leader key and by its own revision. So a term that is extended before it has run out
/// belongs to one leader from its first day to its last.
final class Failsafe {

    private final OutagePorts ports;
    private final TimeSource time;
    private final WriteDeadline deadline;

    /// Those that a write of the key, which may still arrive, would name.
    private SortedMap<String, String> pending = new TreeMap<>();

    private long pendingRevision;

    /// How far the members have come, by the names of their slots.
    private final SortedMap<String, Lsn> memberSlots = new TreeMap<>();

    private @Nullable Monotonic roundSentAt;
    private @Nullable Monotonic keptUntil;
    private @Nullable String refusal;
    private boolean canAsk;

    Failsafe(OutagePorts ports, TimeSource time, WriteDeadline deadline) {
        this.ports = ports;
        this.time = time;
        this.deadline = deadline;
    }

    /// After the store has answered.
    void seen(ClusterView view) {
        if (view.failsafe().revision() != pendingRevision) {
            pending = new TreeMap<>();
        }
    }

    /// A write of the key is about to be sent. Until the key shows another revision it may be
    /// applied, whatever was answered, and whoever it names may race then.
    void writing(SortedMap<String, String> urls, long seenRevision) {
        if (seenRevision != pendingRevision) {
            pending = new TreeMap<>();
        }
        pendingRevision = seenRevision;
        pending.putAll(urls);
    }

    /// Those whose consent is needed; empty when there is no leading without a store.
    SortedMap<String, String> voters(
            ClusterConfig config, @Nullable ClusterView lastView, MemberName self) {
        canAsk = config.failsafeMode() && lastView != null && lastView.failsafe().names(self);
        if (lastView == null || !canAsk) {
            return new TreeMap<>();
        }
        SortedMap<String, String> all = new TreeMap<>(pending);
        all.putAll(lastView.failsafe().urls());
        return all;
    }

    /// One round. That consent is missing is seen in the next observation.
    ///
    /// @return whether the deadline has moved.
    boolean ask(
            FailsafeCall call,
            SortedMap<String, String> others,
            LeaseTiming timing,
            Duration timeout) {
        Monotonic sentAt = time.now();
        if (!deadline.covers(sentAt)) {
            refusal = "it was too late to ask";
            return false;
        }
        Duration good = timing.ttl();
        StringJoiner missing = new StringJoiner("; ");
        if (!others.isEmpty()) {
            for (FailsafeAnswer answer : ports.peers().ask(call, others, timeout)) {
                switch (answer) {
                    case FailsafeAnswer.Accepted(
                                    String member,
                                    Duration promised,
                                    Lsn position) -> {
                        if (position != null) {
                            memberSlots.put(SlotName.of(new MemberName(member)), position);
                        }
                        if (promised != null && promised.compareTo(good) < 0) {
                            good = promised;
                        }
                    }
                    case FailsafeAnswer.Missing(String member, String reason) ->
                            missing.add(member + ": " + reason);
                }
            }
        }
        if (missing.length() > 0) {
            refusal = missing.toString();
            return false;
        }
        refusal = null;
        roundSentAt = sentAt;
        keptUntil = sentAt.plus(good);
        deadline.extend(keptUntil, timing);
        return true;
    }

    /// Leadership is known to be lost, or was given up.
    void revoke() {
        roundSentAt = null;
        keptUntil = null;
        refusal = null;
    }

    /// Moves the deadline back to what the others have consented to, if that covers this moment.
    ///
    /// @return whether it does.
    boolean limit(Monotonic now) {
        WriteDeadline.Term term = deadline.current();
        if (keptUntil == null || term == null || !keeps(now)) {
            return false;
        }
        deadline.limit(keptUntil, term.timing());
        return true;
    }

    /// Whether the others' consent covers this moment.
    boolean keeps(Monotonic now) {
        return keptUntil != null && now.isBefore(keptUntil);
    }

    /// Whether anybody leads by consent: this member, or one that it has consented to.
    boolean isActive(Monotonic now) {
        return keeps(now) || ports.board().promise(now) != null;
    }

    /// Whether the others' consent may take the place of a store that is silent.
    boolean canAsk() {
        return canAsk;
    }

    @Nullable Monotonic roundSentAt() {
        return roundSentAt;
    }

    /// @return why nothing that may end in leading can be done now; null when it can.
    @Nullable String claim() {
        Monotonic now = time.now();
        if (ports.board().claim(now)) {
            return null;
        }
        FailsafeBoard.Promise promise = ports.board().promise(now);
        return "it has consented to the leadership of "
                + (promise == null ? "another member" : promise.leader().value())
                + " without a store";
    }

    void renewed() {
        refusal = null;
    }

    Outage outage(
            Monotonic now,
            @Nullable Monotonic barredUntil,
            @Nullable ClusterRecord record,
            SortedMap<String, String> voters,
            @Nullable Monotonic provenSentAt,
            Outage.Doubt doubt) {
        FailsafeBoard.Promise promise = ports.board().promise(now);
        return new Outage(
                promise,
                barredUntil,
                record,
                voters,
                refusal,
                keeps(now) ? keptUntil : null,
                later(provenSentAt, roundSentAt),
                doubt,
                promise == null ? memberSlots : ports.board().slots());
    }

    static @Nullable Monotonic later(@Nullable Monotonic a, @Nullable Monotonic b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        return a.isBefore(b) ? b : a;
    }

    /// Everybody who may ask for consent, by name.
    static SortedMap<String, String> known(
            @Nullable ClusterView view, @Nullable ClusterRecord record) {
        SortedMap<String, String> known = new TreeMap<>();
        if (record != null) {
            known.putAll(record.members());
        }
        if (view != null) {
            known.putAll(view.failsafe().urls());
            for (Member member : view.members()) {
                known.put(member.name().value(), member.apiUrl());
            }
        }
        return known;
    }
}
