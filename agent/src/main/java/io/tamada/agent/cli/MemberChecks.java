package io.tamada.agent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.tamada.agent.run.SettingsAsWritten;
import io.tamada.agent.settings.UnknownKeys;
import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.LeaderTerm;
import io.tamada.core.lease.LeaseTiming;
import io.tamada.core.member.Member;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is wrong with a cluster by what the store and its members say.
final class MemberChecks {

    private static final Duration CLOCK_WARN = Duration.ofSeconds(1);
    private static final Duration CLOCK_FAIL = Duration.ofSeconds(30);
    private static final long MIB = 1L << 20;
    private static final long SLOT_WARN_BYTES = 256 * MIB;
    private static final int ROOM_WARN_PERCENT = 15;
    private static final int ROOM_FAIL_PERCENT = 5;

    /// What a member answered.
    ///
    /// @param status `/patroni`; null when it does not answer.
    /// @param why `/why`; null when it does not answer that, as no Patroni does.
    /// @param silence why it does not answer; empty when it does.
    /// @param askedAt the middle of the time that `/why` took, by the clock here.
    record Said(
            @Nullable JsonNode status, @Nullable JsonNode why, String silence, Instant askedAt) {}

    private final String scope;
    private final Diagnosis diagnosis;

    MemberChecks(String scope, Diagnosis diagnosis) {
        this.scope = scope;
        this.diagnosis = diagnosis;
    }

    void times(ClusterView view) {
        ClusterConfig config = view.config();
        if (config == null) {
            diagnosis.fail(
                    "dynamic configuration",
                    "there is none in etcd",
                    "let an agent create the cluster, or write it by edit-config");
            return;
        }
        List<String> wrong = new ArrayList<>(SettingsAsWritten.of(config.json()).mistakes());
        wrong.addAll(UnknownKeys.in(config.json()));
        wrong.forEach(
                mistake ->
                        diagnosis.warn(
                                "dynamic configuration",
                                mistake,
                                "it is not used as it is written: edit-config"));
        LeaseTiming timing =
                config.timing(
                        view.members().stream().allMatch(Member::isTamada)
                                ? ClusterConfig.Company.ONLY_TAMADAS
                                : ClusterConfig.Company.WITH_PATRONI);
        String wanted =
                "ttl %d, loop_wait %d, retry_timeout %d"
                        .formatted(
                                config.ttl().toSeconds(),
                                config.loopWait().toSeconds(),
                                config.retryTimeout().toSeconds());
        boolean inForce =
                timing.ttl().equals(config.ttl())
                        && timing.loopWait().equals(config.loopWait())
                        && timing.retryTimeout().equals(config.retryTimeout());
        if (inForce) {
            diagnosis.ok("times", wanted);
        } else {
            diagnosis.warn(
                    "times",
                    "%s are configured, %d, %d and %d are in force"
                            .formatted(
                                    wanted,
                                    timing.ttl().toSeconds(),
                                    timing.loopWait().toSeconds(),
                                    timing.retryTimeout().toSeconds()),
                    "ttl must be at least loop_wait + 2 * retry_timeout, and values below 20, 1"
                            + " and 3 need every member to be a Tamada: edit-config -s ttl=…");
        }
        if (config.pause()) {
            diagnosis.warn("pause", "nothing fails over by itself", "tamada resume ends it");
        }
    }

    void leader(ClusterView view, Map<String, Said> said) {
        if (view.leader() == null) {
            diagnosis.fail("leader", "nobody leads", "tamada why says what speaks against each");
            return;
        }
        String leader = view.leader().name().value();
        boolean agreed = true;
        for (Map.Entry<String, Said> member : said.entrySet()) {
            JsonNode why = member.getValue().why();
            String other = why == null ? leader : why.path("leader").asText();
            if (!other.equals(leader)) {
                agreed = false;
                diagnosis.fail(
                        "leader",
                        "%s takes %s for the leader, etcd says %s"
                                .formatted(
                                        member.getKey(),
                                        other.isEmpty() ? "nobody" : other,
                                        leader),
                        "look at its log: it may be cut off from etcd");
            }
        }
        if (agreed) {
            diagnosis.ok("leader", leader + ", all who answer agree");
        }
        boolean anyNext =
                said.entrySet().stream()
                        .anyMatch(
                                member ->
                                        !member.getKey().equals(leader)
                                                && member.getValue().why() != null
                                                && !member.getValue().why().has("why_not"));
        if (!anyNext) {
            diagnosis.warn(
                    "successor",
                    "nobody is known to be able to take over",
                    "tamada why says what speaks against each member");
        }
    }

    /// @param terms who has led, the newest last.
    void absent(ClusterView view, List<LeaderTerm> terms, Instant now) {
        AbsentMembers.of(view, terms, now)
                .forEach(
                        (name, left) ->
                                diagnosis.warn(
                                        name,
                                        left + "; no agent of that name is in etcd",
                                        "start its agent, or look why it hangs; a member that is"
                                                + " gone for good is forgotten after a week, its"
                                                + " slot after member_slots_ttl"));
    }

    void member(ClusterView view, String name, Said said) {
        JsonNode status = said.status();
        if (status == null) {
            diagnosis.fail(
                    name,
                    "its API does not answer: " + said.silence(),
                    "is the agent running there, and is restapi.connect_address right?");
            return;
        }
        String state = status.path("state").asText();
        boolean leads = view.leader() != null && view.leader().name().value().equals(name);
        Member published = view.member(name);
        // What it says itself, where the store does not tell.
        String replication =
                published == null || published.replicationState() == null
                        ? status.path("replication_state").asText(null)
                        : published.replicationState();
        if (!state.equals("running") && !state.equals("streaming")) {
            diagnosis.fail(name, "its server is " + state, "tamada events " + name + " tells why");
        } else if (!leads && !"streaming".equals(replication) && view.leader() != null) {
            diagnosis.warn(
                    name,
                    "it does not stream" + (replication == null ? "" : ": " + replication),
                    "tamada why " + name + " tells what it does");
        } else {
            diagnosis.ok(name, leads ? "leads" : "streams");
        }
        if (status.path("pending_restart").asBoolean()) {
            diagnosis.warn(
                    name, "a setting waits for a restart", "tamada restart " + scope + " " + name);
        }
        JsonNode guard = status.at("/tamada/guard");
        JsonNode watchdog = status.at("/tamada/watchdog");
        rung(name, "guard", guard, watchdog.path("state").asText());
        rung(name, "watchdog", watchdog, guard.path("state").asText());
        storage(name, status.at("/tamada/storage"));
        long walFree = status.at("/tamada/storage/wal_free_bytes").asLong(-1);
        status.at("/tamada/slots").forEach(slot -> slot(name, slot, walFree));
        clock(name, said);
    }

    /// @param other the state of the other rung: either ends a primary that nothing else ends.
    private void rung(String member, String rung, JsonNode said, String other) {
        String state = said.path("state").asText();
        String about = member + ", " + rung;
        if (said.isMissingNode() || state.equals("off")) {
            return;
        }
        if (state.equals("unavailable") || state.equals("fired")) {
            String text = state + ": " + said.path("reason").asText("no reason given");
            boolean required = said.path("mode").asText().equals("required");
            if (required || state.equals("fired")) {
                diagnosis.fail(about, text, "this member may not lead until that is mended");
            } else if (other.equals("ready") || other.equals("armed")) {
                diagnosis.ok(about, text + "; the other rung stands, and one is enough");
            } else {
                diagnosis.warn(
                        about,
                        text + "; a primary here does without it",
                        rung.equals("watchdog")
                                ? "load the kernel module softdog and let the agent's user write"
                                        + " to /dev/watchdog, or set watchdog: {mode: off}"
                                : "look at the agent's log, or set tamada: {guard: off}");
            }
        } else {
            diagnosis.ok(about, state);
        }
    }

    private void storage(String member, JsonNode said) {
        if (said.has("trouble")) {
            diagnosis.fail(
                    member + ", storage",
                    said.path("trouble").asText(),
                    "make room or mend the disk: a primary hands over");
        }
        room(member + ", data", said.path("free_bytes"), said.path("total_bytes"));
        room(member + ", WAL", said.path("wal_free_bytes"), said.path("wal_total_bytes"));
    }

    private void room(String about, JsonNode free, JsonNode total) {
        if (free.asLong(-1) < 0 || total.asLong() <= 0) {
            return;
        }
        long percent = free.asLong() * 100 / total.asLong();
        String text = "%d MiB free, %d %%".formatted(free.asLong() / MIB, percent);
        String cure = "make room: a full disk stops the server";
        if (percent < ROOM_FAIL_PERCENT) {
            diagnosis.fail(about, text, cure);
        } else if (percent < ROOM_WARN_PERCENT) {
            diagnosis.warn(about, text, cure);
        } else {
            diagnosis.ok(about, text);
        }
    }

    private void slot(String member, JsonNode slot, long walFreeBytes) {
        String about = member + ", slot " + slot.path("name").asText();
        long retained = slot.path("retained_bytes").asLong();
        String text =
                "%s, holds back %d MiB of WAL"
                        .formatted(
                                slot.path("active").asBoolean() ? "in use" : "used by nobody",
                                retained / MIB);
        String cure =
                "bring its consumer back, or drop it; max_slot_wal_keep_size bounds what slots hold";
        if (slot.path("lost").asBoolean()) {
            diagnosis.fail(about, "has lost the WAL that it was for", "drop it and copy anew");
        } else if (walFreeBytes >= 0 && retained > walFreeBytes && retained > SLOT_WARN_BYTES) {
            diagnosis.fail(about, text + ", more than there is room left", cure);
        } else if (retained > SLOT_WARN_BYTES) {
            diagnosis.warn(about, text, cure);
        }
    }

    private void clock(String member, Said said) {
        if (said.why() == null) {
            return;
        }
        try {
            Instant there = Instant.parse(said.why().path("time").asText());
            Duration apart = Duration.between(said.askedAt(), there).abs();
            String text = "%d ms from the clock here".formatted(apart.toMillis());
            String cure = "let chrony or ntpd run: times of events and schedules are wrong";
            if (apart.compareTo(CLOCK_FAIL) > 0) {
                diagnosis.fail(member + ", clock", text, cure);
            } else if (apart.compareTo(CLOCK_WARN) > 0) {
                diagnosis.warn(member + ", clock", text, cure);
            } else {
                diagnosis.ok(member + ", clock", text);
            }
        } catch (DateTimeException unreadable) {
            diagnosis.warn(
                    member + ", clock", "its time cannot be read", "is its agent a newer one?");
        }
    }
}
