package io.tamada.core.slot;

import static io.tamada.core.Facts.A;
import static io.tamada.core.Facts.NOW;
import static io.tamada.core.Facts.ago;
import static io.tamada.core.Facts.lsn;

import io.tamada.core.Facts;
import io.tamada.core.Scene;
import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.SlotSettings;
import io.tamada.core.cluster.SlotSettings.Matcher;
import io.tamada.core.cluster.SlotSettings.Permanent;
import io.tamada.core.cluster.SlotSettings.WalBudget;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberTags;
import io.tamada.core.postgres.LeaderSlots;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.ServerStatus.SlotState;
import io.tamada.core.time.Monotonic;
import io.tamada.core.wal.Lsn;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What a plan for slots is made from: member `a`, at 5000, as the leader or as a standby of `b`.
final class SlotScene {

    private final boolean leads;
    private final List<Member> members;
    private ClusterConfig config = Facts.config().build();
    private MemberTags tags = MemberTags.NONE;
    private List<SlotState> slots = List.of();
    private long written = 5000;
    private final TreeMap<String, Lsn> published = new TreeMap<>();
    private List<String> publishedRetained = List.of();
    private final TreeMap<String, Monotonic> claimed = new TreeMap<>();
    private final TreeSet<String> expired = new TreeSet<>();
    private Monotonic idleSince = NOW;
    private Monotonic roleSince = ago(3600);
    private @Nullable Long walRoom;
    private LeaderSlots leaderSlots = LeaderSlots.NONE;
    private CopyMemory copies = CopyMemory.NONE;
    private boolean decodes = true;

    private SlotScene(boolean leads, Member... members) {
        this.leads = leads;
        this.members = List.of(members);
    }

    static SlotScene leading(Member... members) {
        return new SlotScene(true, members);
    }

    static SlotScene standby(Member... members) {
        return new SlotScene(false, members);
    }

    static SlotState idle(String name, long restart) {
        return new SlotState(name, true, false, lsn(restart));
    }

    static SlotState inUse(String name, long restart) {
        return new SlotState(name, true, true, lsn(restart));
    }

    static SlotState physical(String name, @Nullable Lsn restart, boolean vacuum, boolean lost) {
        return new SlotState(name, true, null, null, false, restart, null, vacuum, lost, false);
    }

    static SlotState logical(String name, String database, String plugin) {
        return new SlotState(
                name, false, database, plugin, false, lsn(1), lsn(1), false, false, false);
    }

    static SlotSettings settings(SortedMap<String, Permanent> permanent, Matcher... ignored) {
        return new SlotSettings(
                Duration.ofMinutes(30), permanent, List.of(ignored), WalBudget.UNLIMITED);
    }

    static SlotSettings budget(WalBudget budget) {
        return new SlotSettings(Duration.ofMinutes(30), new TreeMap<>(), List.of(), budget);
    }

    static SortedMap<String, Lsn> at(String slot, long position) {
        TreeMap<String, Lsn> positions = new TreeMap<>();
        positions.put(slot, lsn(position));
        return positions;
    }

    SlotScene slots(SlotState... values) {
        slots = List.of(values);
        return this;
    }

    SlotScene tags(MemberTags value) {
        tags = value;
        return this;
    }

    SlotScene settings(SlotSettings value) {
        config = Facts.config().slots(value).build();
        return this;
    }

    SlotScene config(ClusterConfig value) {
        config = value;
        return this;
    }

    SlotScene written(long value) {
        written = value;
        return this;
    }

    SlotScene published(String slot, long position) {
        published.put(slot, lsn(position));
        return this;
    }

    SlotScene publishedRetained(String... names) {
        publishedRetained = List.of(names);
        return this;
    }

    SlotScene retained(String... names) {
        for (String name : names) {
            claimed.put(name, ago(60));
        }
        return this;
    }

    SlotScene expired(String name) {
        claimed.remove(name);
        expired.add(name);
        return this;
    }

    SlotScene withoutDecoding() {
        decodes = false;
        return this;
    }

    SlotScene said(LeaderSlots value) {
        leaderSlots = value;
        return this;
    }

    SlotScene copies(CopyMemory value) {
        copies = value;
        return this;
    }

    SlotScene idleSince(Monotonic value) {
        idleSince = value;
        return this;
    }

    SlotScene roleSince(Monotonic value) {
        roleSince = value;
        return this;
    }

    SlotScene oldIdle() {
        return idleSince(ago(3600));
    }

    SlotScene walRoom(long bytes) {
        walRoom = bytes;
        return this;
    }

    SlotFacts facts() {
        ServerStatus status =
                leads
                        ? Facts.primaryWithSlots(lsn(written), slots)
                        : Facts.standbyWithSlots(lsn(written), slots);
        if (decodes) {
            status = Facts.decoding(status);
        }
        SortedMap<String, Monotonic> idle = new TreeMap<>();
        for (SlotState slot : slots) {
            if (!slot.active()) {
                idle.put(slot.name(), idleSince);
            }
        }
        return new SlotFacts(
                A,
                tags,
                leads,
                view(),
                config,
                status,
                leaderSlots,
                new SlotMemory(leads, roleSince, claimed, expired, idle, copies),
                NOW,
                Duration.ofSeconds(30),
                walRoom);
    }

    ClusterView view() {
        Scene scene = leads ? Scene.leading() : Scene.following();
        return Objects.requireNonNull(
                scene.members(members.toArray(Member[]::new))
                        .publishedSlots(published, publishedRetained.toArray(String[]::new))
                        .observation()
                        .view());
    }

    SlotPlan plan() {
        return SlotPlan.of(facts());
    }

    List<PostgresCommand> commands() {
        return plan().commands();
    }

    List<SlotPlan.Reason> reasons() {
        return plan().notices().stream().map(SlotPlan.Notice::reason).toList();
    }
}
