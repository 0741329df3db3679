package io.tamada.core.decision;

/// The rules, by chapter. The code is an interface: it stands in logs, metrics, `/cluster` and
/// bug reports. A number is never reused.
public enum RuleId {
    // S1: the store does not answer.
    STORE_AWAITED_AT_START("S110", "waiting for the store to answer for the first time"),
    STORE_SILENT_LEASE_GOOD("S120", "the store does not answer; the lease is still good"),
    STORE_SILENT_DEADLINE_REACHED("S130", "the store does not answer and the lease runs out"),
    STORE_SILENT_PRIMARY_WITHOUT_LEASE("S140", "primary without a lease and without a store"),
    STORE_SILENT_STANDBY_GOES_ON("S150", "the store does not answer; a standby goes on"),
    STORE_SILENT_START_READ_ONLY("S160", "the store does not answer; starting read-only"),
    FAILSAFE_ASKS("S170", "the store does not answer: asking the others for their consent"),
    FAILSAFE_KEEPS("S175", "the store does not answer; all the others consent to this leader"),

    // M2: maintenance.
    PAUSED_LEADER("M210", "paused; keeping the lease"),
    PAUSED_LEADER_WITHOUT_PRIMARY("M220", "paused; the leader's server is no primary"),
    PAUSED_MEMBER("M230", "paused; nothing is done by itself"),
    PAUSED_PRIMARY_RECLAIMS("M240", "paused; a running primary takes the vacant lease"),

    // O3: an operation is under way.
    OPERATION_RUNNING("O310", "an operation is running"),
    OPERATION_RUNNING_AS_LEADER("O320", "an operation is running; keeping the lease"),
    OPERATION_AGAINST_LOST_LEASE("O330", "becoming primary without the lease is called off"),
    OPERATION_STOP_HANGS("O340", "the stop does not get on: ending the server at once"),

    // B4: the cluster or this member's data does not exist yet.
    BOOTSTRAP_CLAIM("B410", "nobody has begun this cluster: claiming the right to run initdb"),
    BOOTSTRAP_INITDB("B420", "creating the first instance"),
    BOOTSTRAP_FAILED("B430", "creating the first instance has failed"),
    BOOTSTRAP_TAKE_LEASE("B440", "the first instance takes the lease"),
    BOOTSTRAP_START("B445", "starting the first instance of the cluster"),
    BOOTSTRAP_PROVISION("B450", "creating the roles the cluster needs"),
    BOOTSTRAP_COMPLETE("B460", "the cluster is initialised"),
    BOOTSTRAP_AWAITED("B470", "another member is creating the first instance"),
    CLONE_FROM_LEADER("B480", "no data yet: cloning from the leader"),
    CLONE_AWAITS_LEADER("B490", "no data yet: waiting for a leader to clone from"),
    COPY_WITHOUT_LEADER("B492", "no data and no leader: making a copy by a method that needs none"),
    CLONE_FROM_STANDBY("B491", "no data yet: cloning from a standby with the tag clonefrom"),

    // R5: there is data, but no server.
    FOREIGN_SYSTEM("R510", "the data directory belongs to another cluster"),
    UNUSABLE_DIRECTORY("R520", "the data directory cannot be used"),
    LEADER_RESTART_IN_PLACE("R530", "the leader's server has ended: starting it in place"),
    LEADER_START_AS_STANDBY("R535", "the leader's data is a standby's: starting before promotion"),
    LEADER_HANDS_OVER("R540", "the leader cannot start its server: handing over"),
    LEADER_WITHOUT_DATA("R550", "the leader has no usable data: handing over"),
    SERVER_WITHOUT_DATA("R555", "the server runs without its data directory: stopping it"),
    REWIND_NEEDED("R560", "own WAL left the leader's line: rewinding"),
    OPERATION_STALLED("R561", "what is under way does not get on: calling it off"),
    REWIND_SPENT("R562", "rewinding has failed too often, and nothing may replace the data"),
    REWIND_NOT_ALLOWED("R565", "own WAL left the leader's line and nothing may repair it"),
    RECLONE_DIVERGED(
            "R570", "own WAL left the leader's line: cloning again, as the settings allow"),
    RECLONE_STANDBY("R571", "the standby cannot go on from its own data: cloning again"),
    RECLONE_WAITS("R572", "a new copy is needed, and it is not our turn"),
    RECLONE_NOT_ALLOWED("R573", "the server does not start, and nothing may replace the data"),
    START_FAILS("R574", "the server does not start, for a reason that a new copy would not cure"),
    REJOIN_AS_STANDBY("R580", "starting as a standby of the leader"),
    REJOIN_AWAITS_LEADER("R585", "waiting for what the leader's history will say"),
    START_WITHOUT_LEADER(
            "R590", "no leader: starting as a standby to see how far the data reaches"),
    ADOPT_STOPPED_INSTANCE("R595", "adopting a stopped instance as the first of its cluster"),

    // L6: we hold the lease.
    LEADER_STEADY("L610", "leading"),
    LEADER_PROMOTES("L620", "holding the lease: promoting"),
    LEADER_SERVER_SILENT("L630", "holding the lease; the server does not answer"),
    LEADER_CANNOT_PROMOTE("L640", "promotion fails here: handing over"),
    LEADER_ADOPTS_FORMER_LIFE("L650", "taking back the lease of an earlier life"),
    LEADER_TOO_LATE("L660", "the lease could not be renewed in time: stopping the server"),
    LEADER_UNFENCED_STOPS("L670", "what has to fence this primary is gone: stopping it in order"),
    LEADER_UNFENCED_HANDS_OVER("L675", "what has to fence a primary is gone: handing over"),
    LEADER_STORAGE_FAILS(
            "L696", "the leader's storage fails: stopping the server, for others to take over"),
    LEADER_STORAGE_STOP_HANGS(
            "L697", "the leader's storage fails and the stop takes long: the lease may run out"),
    LEADER_STORAGE_HANDS_OVER("L698", "the leader's storage fails: handing over"),
    LEADER_STORAGE_ALONE("L699", "the leader's storage fails and nobody can take over: going on"),

    // C10: synchronous replication, of a leader.
    SYNC_PUBLISHES("C1010", "recording who may take over without losing a commit"),
    SYNC_SETS_NAMES("C1020", "telling the server whom its commits wait for"),
    SYNC_CATCHES_UP("C1030", "waiting until those whom commits wait for have everything"),
    SYNC_AWAITS_STANDBY("C1035", "a synchronous standby is gone; it may come back"),
    SYNC_BLOCKED("C1040", "strict mode and no standby to wait for: commits wait for one"),
    SYNC_CLAIMS("C1050", "recording ourselves as the synchronous leader, then promoting"),
    SYNC_PREPARES("C1055", "preparing the server for promotion as a synchronous leader"),
    SYNC_ENDS("C1060", "synchronous mode is off: removing its record"),
    GATE_SHUT("C1070", "what was recovered is not safe yet: clients wait"),
    GATE_OPENS("C1080", "what clients will see is safe: letting them in"),
    SYNC_RESTARTS("C1090", "the synchronous leader's server has ended: starting it in place"),

    // E7: there is no leader.
    RACE_WON_BY_RIGHT("E710", "no leader and nothing speaks against us: taking the lease"),
    RACE_PRIMARY_CONTINUES("E720", "no leader and we run as primary: taking the lease"),
    RACE_NOT_OURS("E730", "no leader, but we may not lead"),
    RACE_OUTDATED_PRIMARY("E740", "no leader and our timeline is behind: stopping the server"),
    RACE_SERVER_NOT_READY("E750", "no leader; the server is not ready"),
    RACE_UNFENCED("E760", "no leader, but what has to fence this member is not there"),
    RACE_CONSENTED("E770", "no leader in the store, but we have consented to one"),
    RACE_CONSENT_ENDS("E771", "no leader, and the others' consent runs out: stopping the server"),
    RACE_STORE_DOUBTED("E772", "no leader, and the store knows less than this member: waiting"),
    LEADER_KEY_DOUBTED("E773", "a leader key of ours in a store that is older than our record"),
    CLUSTER_RECORDED("E774", "the store knows no cluster, but this member has been in one"),

    // F8: another member leads.
    FOLLOWING("F810", "following the leader"),
    DEPOSED_PRIMARY_STOPS("F820", "another member leads: stopping our primary at once"),
    FOLLOW_NEW_LEADER("F830", "pointing the standby at the leader"),
    STANDBY_DIVERGED("F840", "the standby left the leader's line: stopping to rewind"),
    STANDBY_NOT_READY("F850", "the standby is not ready"),
    LEADER_NOT_READY("F860", "another member leads, but its server is not ready yet"),
    NAME_TAKEN("F870", "another process leads under our name"),
    FOLLOW_OTHER_MEMBER("F880", "pointing the standby at the member that replicatefrom names"),
    FOLLOW_ARCHIVE("F881", "nostream: the standby lives on the archive"),
    STANDBY_STUCK("F882", "the standby gets no further: stopping to clone it again"),
    STANDBY_HELD_UP("F883", "the standby gets no further, and nothing may replace its data"),
    STANDBY_GETS_NOTHING("F884", "the standby does not get on: starting it anew"),

    // K12: replication slots. The turn is the usual one, with this besides.
    SLOT_UNKNOWN("K1210", "dropping a slot that nobody claims"),
    SLOT_EXPIRED("K1220", "dropping the slot of a member absent for member_slots_ttl"),
    SLOT_OVER_BUDGET("K1230", "dropping a slot that holds back more WAL than it may"),
    SLOT_LOST("K1240", "dropping a slot whose WAL is lost, to make it anew"),
    SLOT_UNFIT("K1250", "dropping a slot that does not serve its purpose, to make it anew"),
    SLOT_LEFT_BEHIND("K1260", "a permanent logical slot has not survived the change of the leader"),
    SLOT_UNSAFE("K1270", "dropping a copy of a logical slot that may lack what it needs"),
    SLOT_COPIED("K1280", "restarting the standby with copies of the leader's logical slots"),

    // X9: shutting down.
    SHUTDOWN_STOPS_SERVER("X910", "shutting down: stopping the server"),
    SHUTDOWN_STOP_HANGS(
            "X915", "shutting down: the stop does not get on: ending the server at once"),
    SHUTDOWN_HANDS_OVER("X920", "shutting down: the server is down, giving the lease away"),
    SHUTDOWN_COMPLETE("X930", "shut down"),
    SHUTDOWN_IN_PAUSE("X940", "shutting down in pause: the server and the lease stay"),

    // T11: somebody asks for another leader.
    SWITCHOVER_PREPARES("T1110", "another leader is asked for: writing a checkpoint first"),
    SWITCHOVER_STOPS("T1120", "another leader is asked for: stopping the server"),
    SWITCHOVER_HANDS_OVER("T1130", "another leader is asked for: giving the lease away"),
    SWITCHOVER_CLEARED("T1140", "clearing a request for another leader"),
    REQUESTED_TAKES_OVER("T1150", "no leader, and this member is asked to lead: taking the lease"),
    REQUESTED_AWAITED("T1160", "no leader, and another member is asked to lead: waiting for it"),

    // V12: somebody asks for something to be done to this member's server.
    RESTART_PREPARES("V1210", "a restart is asked for: writing a checkpoint first"),
    RESTART_STOPS("V1220", "a restart is asked for: stopping the server"),
    RESTART_STARTS("V1230", "a restart is asked for in pause: starting the server"),
    REINITIALIZE_STOPS("V1240", "a new copy of the data is asked for: stopping the server"),
    REINITIALIZES("V1250", "a new copy of the data is asked for: making it"),
    PAUSED_STANDBY_STARTS(
            "V1260", "what this agent has stopped or copied in pause comes back as a standby"),

    // Y13: the cluster follows another one.
    STANDBY_LEADER("Y1310", "leading a standby cluster"),
    STANDBY_LEADER_FOLLOWS("Y1320", "leading a standby cluster: following another server"),
    STANDBY_LEADER_STARTS("Y1330", "leading a standby cluster: starting the server as a standby"),
    STANDBY_CLUSTER_DEMOTES("Y1340", "the cluster follows another one now: stopping the primary"),
    BOOTSTRAP_FROM_REMOTE("Y1350", "creating the first instance as a copy of the other cluster");

    private final String code;
    private final String sentence;

    RuleId(String code, String sentence) {
        this.code = code;
        this.sentence = sentence;
    }

    public String code() {
        return code;
    }

    public String sentence() {
        return sentence;
    }
}
