package io.tamada.core.cluster;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What the dynamic configuration says about replication slots.
///
/// @param memberTtl `member_slots_ttl`: how long the slot of an absent member is kept; with zero,
///     only those have one that stream.
/// @param permanent `slots`, by name.
/// @param ignored `ignore_slots`: slots that others look after.
/// @param budget how much WAL an idle slot may hold back. Ours; Patroni has no bound.
/// @param feedback whether hot_standby_feedback has to be on for the sake of logical slots; not
///     read, but found out from the others.
public record SlotSettings(
        Duration memberTtl,
        SortedMap<String, Permanent> permanent,
        List<Matcher> ignored,
        WalBudget budget,
        boolean feedback) {

    public static final SlotSettings DEFAULTS =
            new SlotSettings(
                    Duration.ofMinutes(30), new TreeMap<>(), List.of(), WalBudget.UNLIMITED);

    /// As it is read.
    public SlotSettings(
            Duration memberTtl,
            SortedMap<String, Permanent> permanent,
            List<Matcher> ignored,
            WalBudget budget) {
        this(memberTtl, permanent, ignored, budget, false);
    }

    public SlotSettings withFeedback(boolean needed) {
        return new SlotSettings(memberTtl, permanent, ignored, budget, needed);
    }

    public SlotSettings {
        permanent = Collections.unmodifiableSortedMap(new TreeMap<>(permanent));
        ignored = List.copyOf(ignored);
    }

    /// In which clusters a permanent slot is wanted.
    public enum ClusterKind {
        ANY,
        /// Not in a standby cluster.
        PRIMARY,
        STANDBY
    }

    /// A slot that is there whether or not anybody uses it.
    ///
    /// @param logical what a logical slot needs; null makes it a physical one.
    public record Permanent(@Nullable Logical logical, ClusterKind kind) {}

    public record Logical(String database, String plugin) {}

    /// A slot fits when it has everything that is not null here.
    public record Matcher(
            @Nullable String name,
            @Nullable Boolean physical,
            @Nullable String database,
            @Nullable String plugin) {

        public boolean fits(
                String slot, boolean isPhysical, @Nullable String inDatabase, @Nullable String by) {
            return (name == null || name.equals(slot))
                    && (physical == null || physical == isPhysical)
                    && (database == null || database.equals(inDatabase))
                    && (plugin == null || plugin.equals(by));
        }
    }

    /// @param bytes of WAL; null for no bound.
    /// @param percent of the free room, what the slot holds back counted as free: with 50, a slot
    ///     goes when it holds back more than is left. Null for no bound.
    /// @param time how long an idle slot may hold back more than one WAL segment; zero for ever.
    public record WalBudget(@Nullable Long bytes, @Nullable Integer percent, Duration time) {

        public static final WalBudget UNLIMITED = new WalBudget(null, null, Duration.ZERO);

        /// @param freeBytes room where the WAL is; null when it is not known.
        public boolean isExceededBy(long retainedBytes, @Nullable Long freeBytes) {
            if (bytes != null && retainedBytes > bytes) {
                return true;
            }
            return percent != null
                    && freeBytes != null
                    && retainedBytes > (freeBytes + retainedBytes) / 100 * percent;
        }
    }
}
