package io.tamada.dcs.codec;

import io.tamada.core.member.MemberRole;
import io.tamada.core.member.MemberState;
import org.jspecify.annotations.Nullable;

/// Patroni's texts for the states and roles of members.
public final class MemberTexts {

    private MemberTexts() {}

    public static String of(MemberState state) {
        return switch (state) {
            case INITIALIZING -> "initializing new cluster";
            case INITDB_FAILED -> "initdb failed";
            case CUSTOM_BOOTSTRAP -> "running custom bootstrap script";
            case CUSTOM_BOOTSTRAP_FAILED -> "custom bootstrap failed";
            case CREATING_REPLICA -> "creating replica";
            case RUNNING -> "running";
            case STARTING -> "starting";
            case STARTING_AFTER_CUSTOM_BOOTSTRAP -> "starting after custom bootstrap";
            case START_FAILED -> "start failed";
            case RESTARTING -> "restarting";
            case RESTART_FAILED -> "restart failed";
            case STOPPING -> "stopping";
            case STOPPED -> "stopped";
            case STOP_FAILED -> "stop failed";
            case CRASHED -> "crashed";
        };
    }

    public static String of(MemberRole role) {
        return switch (role) {
            case PRIMARY -> "primary";
            case REPLICA -> "replica";
            case STANDBY_LEADER -> "standby_leader";
            case DEMOTED -> "demoted";
            case PROMOTED -> "promoted";
            case UNINITIALIZED -> "uninitialized";
        };
    }

    static @Nullable MemberState state(String text) {
        for (MemberState state : MemberState.values()) {
            if (of(state).equals(text)) {
                return state;
            }
        }
        return null;
    }

    /// Reads `master` too: Patroni before 4.0 writes it for a primary.
    static @Nullable MemberRole role(String text) {
        if (text.equals("master")) {
            return MemberRole.PRIMARY;
        }
        for (MemberRole role : MemberRole.values()) {
            if (of(role).equals(text)) {
                return role;
            }
        }
        return null;
    }
}
