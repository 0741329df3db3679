package io.tamada.core.member;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The tags of a member, as its operator wrote them: scalars by key, so that unknown ones
/// survive.
///
/// Values are `Boolean`, `Long`, `Double` or `String`.
public record MemberTags(SortedMap<String, Object> all) {

    private static final int LARGEST = 999_999_999;

    public static final MemberTags NONE = new MemberTags(new TreeMap<>());

    /// What YAML 1.1 and Patroni's users mean by true; a `nofailover: "yes"` that counted for
    /// nothing would let the wrong member lead.
    private static final List<String> TRUE_TEXTS = List.of("true", "yes", "on", "1", "y", "t");

    public MemberTags {
        all = Collections.unmodifiableSortedMap(new TreeMap<>(all));
    }

    /// A member that is never to become leader: `nofailover`, or a `failover_priority` of zero or
    /// less. Where both are given `nofailover` decides, as in Patroni.
    public boolean neverLeads() {
        if (all.get("nofailover") != null) {
            return isTrue("nofailover");
        }
        return failoverPriority() <= 0;
    }

    /// The higher one wins among candidates that have the same data; 1 when absent.
    public int failoverPriority() {
        return number("failover_priority", 1);
    }

    /// A standby that commits never wait for: `nosync`, or a `sync_priority` of zero or less. Where
    /// both are given `nosync` decides, as in Patroni.
    public boolean neverSynchronous() {
        if (all.get("nosync") != null) {
            return isTrue("nosync");
        }
        return syncPriority() <= 0;
    }

    /// The higher one is waited for rather; 1 when absent.
    public int syncPriority() {
        return number("sync_priority", 1);
    }

    public boolean noLoadBalance() {
        return isTrue("noloadbalance");
    }

    public boolean cloneFrom() {
        return isTrue("clonefrom");
    }

    public boolean noStream() {
        return isTrue("nostream");
    }

    /// The member this one prefers to replicate from, or null.
    public @Nullable MemberName replicateFrom() {
        return all.get("replicatefrom") instanceof String name
                        && !name.isEmpty()
                        && name.indexOf('/') < 0
                ? new MemberName(name)
                : null;
    }

    private boolean isTrue(String key) {
        return switch (all.get(key)) {
            case Boolean truth -> truth;
            case Number number -> number.doubleValue() != 0;
            case String text -> TRUE_TEXTS.contains(text.toLowerCase(Locale.ROOT));
            case null, default -> false;
        };
    }

    private int number(String key, int absent) {
        return switch (all.get(key)) {
            case Number number -> Math.clamp(number.longValue(), -LARGEST, LARGEST);
            case String text when text.matches("-?\\d{1,9}") -> Integer.parseInt(text);
            case null, default -> absent;
        };
    }
}
