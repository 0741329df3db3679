package io.tamada.core.decision;

/// How loudly a decision is to be told. What belongs to an orderly life (starts, stops, planned
/// changes of the leader, restarts, a pause) is never a warning: who is woken by warnings must be
/// able to believe them.
public enum Gravity {
    /// Told, and no reason to look.
    ORDINARY,
    /// Belongs to an orderly change for a moment; when it lasts somebody has to look.
    GRAVE_WHEN_IT_LASTS,
    /// A primary is ended or given up, data are left behind or replaced, or commits wait.
    GRAVE;

    public static Gravity of(RuleId rule) {
        return switch (rule) {
            case STORE_SILENT_DEADLINE_REACHED,
                    STORE_SILENT_PRIMARY_WITHOUT_LEASE,
                    FAILSAFE_ASKS,
                    FAILSAFE_KEEPS,
                    OPERATION_AGAINST_LOST_LEASE,
                    OPERATION_STOP_HANGS,
                    BOOTSTRAP_FAILED,
                    FOREIGN_SYSTEM,
                    UNUSABLE_DIRECTORY,
                    LEADER_HANDS_OVER,
                    LEADER_WITHOUT_DATA,
                    SERVER_WITHOUT_DATA,
                    REWIND_NEEDED,
                    OPERATION_STALLED,
                    REWIND_SPENT,
                    REWIND_NOT_ALLOWED,
                    RECLONE_DIVERGED,
                    RECLONE_STANDBY,
                    RECLONE_NOT_ALLOWED,
                    START_FAILS,
                    LEADER_CANNOT_PROMOTE,
                    LEADER_TOO_LATE,
                    LEADER_UNFENCED_STOPS,
                    LEADER_UNFENCED_HANDS_OVER,
                    LEADER_STORAGE_FAILS,
                    LEADER_STORAGE_STOP_HANGS,
                    LEADER_STORAGE_HANDS_OVER,
                    LEADER_STORAGE_ALONE,
                    SYNC_BLOCKED,
                    RACE_OUTDATED_PRIMARY,
                    RACE_CONSENT_ENDS,
                    RACE_STORE_DOUBTED,
                    LEADER_KEY_DOUBTED,
                    CLUSTER_RECORDED,
                    DEPOSED_PRIMARY_STOPS,
                    STANDBY_DIVERGED,
                    NAME_TAKEN,
                    STANDBY_STUCK,
                    STANDBY_HELD_UP,
                    STANDBY_GETS_NOTHING,
                    SLOT_OVER_BUDGET,
                    SLOT_LOST,
                    SLOT_LEFT_BEHIND,
                    SHUTDOWN_STOP_HANGS ->
                    GRAVE;
            case STORE_SILENT_LEASE_GOOD,
                    STORE_SILENT_STANDBY_GOES_ON,
                    STORE_SILENT_START_READ_ONLY,
                    LEADER_SERVER_SILENT,
                    SYNC_AWAITS_STANDBY,
                    GATE_SHUT,
                    RACE_NOT_OURS,
                    RACE_SERVER_NOT_READY,
                    RACE_UNFENCED,
                    RACE_CONSENTED,
                    RECLONE_WAITS,
                    REQUESTED_AWAITED ->
                    GRAVE_WHEN_IT_LASTS;
            default -> ORDINARY;
        };
    }
}
