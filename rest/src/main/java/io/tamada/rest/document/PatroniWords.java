package io.tamada.rest.document;

import io.tamada.core.member.MemberRole;
import io.tamada.core.member.MemberState;

/// Patroni's words for states and roles, as its API writes them.
public final class PatroniWords {

    /// The state of a server that should be running but does not answer.
    public static final String UNKNOWN = "unknown";

    private PatroniWords() {}

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

    /// The number of a state in the metric `patroni_postgres_state`; Patroni promises never to
    /// change them.
    public static int number(MemberState state) {
        return switch (state) {
            case INITIALIZING -> 0;
            case INITDB_FAILED -> 1;
            case CUSTOM_BOOTSTRAP -> 2;
            case CUSTOM_BOOTSTRAP_FAILED -> 3;
            case CREATING_REPLICA -> 4;
            case RUNNING -> 5;
            case STARTING -> 6;
            case STARTING_AFTER_CUSTOM_BOOTSTRAP -> 7;
            case START_FAILED -> 8;
            case RESTARTING -> 9;
            case RESTART_FAILED -> 10;
            case STOPPING -> 11;
            case STOPPED -> 12;
            case STOP_FAILED -> 13;
            case CRASHED -> 14;
        };
    }
}
