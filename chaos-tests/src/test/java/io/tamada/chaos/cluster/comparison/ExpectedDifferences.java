package io.tamada.chaos.cluster.comparison;

import io.tamada.chaos.cluster.comparison.Expected.Against;
import io.tamada.chaos.cluster.comparison.Expected.With;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// The one list of differences that are meant to be, each under the beginning of its row in
/// docs/patroni-differences.md.
final class ExpectedDifferences {

    private static final String ANY_STEP = ".*";
    private static final String READ = ".* (GET|HEAD|OPTIONS) ";
    private static final String STATE_ONLY = READ + "/(liveness|readiness).*";

    private final List<Expected> all = new ArrayList<>();
    private String row = "";
    private Against against = Against.ANY;
    private With with = With.ANY;

    private ExpectedDifferences() {}

    /// @param major the first number of the Patroni that is compared with.
    static List<Expected> beside(int major) {
        return all().stream().filter(each -> each.against().covers(major)).toList();
    }

    static List<Expected> all() {
        ExpectedDifferences list = new ExpectedDifferences();
        list.documents();
        list.versions();
        list.paths();
        list.refusals();
        list.replication();
        list.ownCommands();
        return List.copyOf(list.all);
    }

    private ExpectedDifferences row(String begin) {
        return row(begin, Against.ANY, With.ANY);
    }

    private ExpectedDifferences row(String begin, Against patroni, With operator) {
        row = begin;
        against = patroni;
        with = operator;
        return this;
    }

    private ExpectedDifferences expect(String steps, String... differences) {
        for (String difference : differences) {
            all.add(
                    new Expected(
                            row,
                            against,
                            with,
                            Pattern.compile(steps),
                            Pattern.compile(difference)));
        }
        return this;
    }

    private void documents() {
        row("more in the documents")
                .expect(READ + ".*", "\\+ \\.tamada\\..*")
                .expect(
                        READ + "/cluster.*",
                        // The way back is shown for a while after a standby has come.
                        "\\+ \\.members\\[]\\.(rejoin\\..*|(receive_|replay_)?lsn string)",
                        "\\+ \\.members\\[]\\.(receive|replay)_lag number")
                .expect(
                        READ + "/metrics.*",
                        "\\+ TYPE tamada_.*",
                        "\\+ tamada_.*",
                        "\\+ (TYPE )?patroni_postgres_state.*");
        row("`/liveness`, `/readiness`")
                .expect(STATE_ONLY, "type none -> application/json", "\\+ \\..*");
        row("`/metrics`")
                .expect(
                        READ + "/metrics.*",
                        "type (text/plain|none) -> text/plain; version=0.0.4; charset=utf-8");
        row("HEAD and OPTIONS")
                .expect(".* (HEAD|OPTIONS) .*", "type none -> application/json")
                .expect(
                        ".* (HEAD|OPTIONS) /(liveness|readiness|patroni|cluster|history|config"
                                + "|metrics)",
                        "status 503 -> 200")
                .expect(".* (HEAD|OPTIONS) /failsafe", "status 503 -> 502");
    }

    /// What Patroni itself changed with its version 4.
    private void versions() {
        row("the version of Patroni that is spoken", Against.BELOW_4, With.ANY)
                .expect(
                        READ + ".*",
                        "- \\.role = \"master\"",
                        "\\+ \\.role = \"primary\"",
                        "\\+ \\.patroni\\.name = \"node\\d\"",
                        "\\+ \\.replication_state = \"streaming\"")
                .expect(
                        READ + "/cluster.*",
                        "\\+ \\.scope = \"compared\"",
                        "\\+ \\.members\\[]\\.state = \"streaming\"")
                .expect(
                        "pending restart: .* GET /(patroni|primary|cluster).*",
                        "\\+ \\.(members\\[]\\.)?pending_restart_reason\\..*")
                .expect(
                        READ + "/metrics.*",
                        "- (TYPE )?patroni_master.*",
                        "- patroni_.*\\{scope,}",
                        "\\+ patroni_.*\\{scope,name,}",
                        "\\+ TYPE patroni_(postgres_(streaming|in_archive_recovery)"
                                + "|quorum_standby) gauge")
                .expect(READ + "/read-only-quorum", "status 200 -> 503")
                .expect(
                        ".* POST /restart .*\"role\":\"nonsense\".*",
                        "- PostgreSQL role should be either primary or replica",
                        "\\+ PostgreSQL role should be either primary, standby_leader, or replica")
                .expect(
                        ".* POST /switchover .*\"leader\":\"node1\",\"candidate\":\"node1\".*",
                        "status 503 -> 400",
                        "- Switchover failed",
                        "\\+ Switchover target and source are the same")
                .expect(
                        ".* POST /failover .*\"scheduled_at\".*",
                        "- Scheduled failover is possible only from a specific leader",
                        "\\+ Failover can't be scheduled");
        row("the version of Patroni that is spoken", Against.BELOW_4, With.PATRONICTL)
                .expect(
                        "leading: failover compared --force --candidate node1",
                        "- .* Successfully failed over to \"node1\"",
                        "\\+ .* Successfully switched over to \"node1\"");
        row("the version of Patroni that is spoken")
                .expect(
                        ".* version compared.*",
                        "- node\\d: Patroni [34]\\..*",
                        "\\+ node\\d: Patroni 4\\.1\\.0 PostgreSQL.*");
    }

    private void paths() {
        String unknown = ".* [A-Z]+ /(nonsense|x-primary-y|replica/x)( .*)?";
        row("unknown REST paths")
                .expect(
                        unknown,
                        "status (503|200|501) -> 404",
                        "- \\..*",
                        "- an error page",
                        "\\+ \\.error string",
                        "type text/html;charset=utf-8 -> application/json");
        String verbs = ".* (POST /|PUT /primary|DELETE /config|DELETE /failover)( .*)?";
        row("verbs that a path does not know")
                .expect(
                        verbs,
                        "status 501 -> 405",
                        "- an error page",
                        "\\+ \\.error .*",
                        "type text/html;charset=utf-8 -> application/json")
                .expect(
                        ".* GET /(switchover|restart)",
                        "status 503 -> 405",
                        "- \\..*",
                        "\\+ \\.error string");
    }

    private void refusals() {
        String malformed = ".* (PATCH|PUT|POST) /(config|switchover|failover|restart)( .*)?";
        row("refusals that Patroni leaves to its HTTP library")
                .expect(
                        malformed,
                        "type text/html;charset=utf-8 -> text/html",
                        "- an error page",
                        "\\+ a JSON object is expected",
                        "\\+ the body is no JSON object",
                        "\\+ the body has no settings in it")
                .expect(
                        ".* POST /(switchover|failover) \\{}",
                        "\\+ (Switchover|Failover) could be performed only .*")
                .expect(
                        ".* (GET|POST) /failsafe.*",
                        "type text/html;charset=utf-8 -> application/json",
                        "- an error page",
                        "\\+ \\.error string")
                .expect(".* node2 POST /failsafe", "status 411 -> 400");
        row("dynamic `postgresql.parameters` that the server would not start with")
                .expect(
                        ".* PATCH /config .*\"lots\".*",
                        "status 200 -> 422",
                        "type application/json -> text/html",
                        "- \\..*",
                        "\\+ postgresql\\.parameters\\.work_mem: PostgreSQL would not start .*");
        row("settings that make a node run a command")
                .expect(
                        ".* PATCH /config .*archive_command.*",
                        "status 200 -> 403",
                        "type application/json -> text/html",
                        "- \\..*",
                        "\\+ postgresql\\.parameters\\.archive_command would run a command .*");
        row("sentences that say more")
                .expect(
                        ".* POST /restart .*\"postgres_version\":\"nonsense\".*",
                        "- Invalid PostgreSQL version: nonsense",
                        "\\+ Invalid PostgreSQL version: nonsense\\. The only .* X\\.Y or X")
                .expect(
                        "synchronous_mode true: .* POST /switchover .*\"nobody\".*",
                        "- candidate name does not match with sync_standby",
                        "\\+ candidate does not exists");
    }

    private void replication() {
        row("`synchronous_standby_names` in quorum mode", Against.FROM_4, With.ANY)
                .expect(
                        "synchronous_mode \"quorum\": node1 GET .*",
                        "- \\.replication\\[]\\.sync_state = \"quorum\"",
                        "\\+ \\.replication\\[]\\.sync_state = \"sync\"");
    }

    private void ownCommands() {
        row("exit code of", Against.ANY, With.TAMADA)
                .expect(
                        "restarting: restart .*--(pg-version (9\\.5\\.1|nonsense)|scheduled 2001).*",
                        "status 0 -> 1",
                        "\\+ Error: restart has failed on some members")
                .expect(
                        "(pausing|leading): (switchover|failover) .*",
                        "status 0 -> 1",
                        "- (Switchover|Failover) failed, details: .*",
                        "\\+ Error: (Switchover|Failover) failed, details: .*");
        row("sentences that say more", Against.ANY, With.TAMADA)
                .expect(
                        "restarting: restart compared node2 --force --pending",
                        "\\+ No member waits for a restart")
                .expect(
                        "restarting: restart compared node2 --force --pg-version nonsense",
                        "- Error: Invalid PostgreSQL version: nonsense",
                        "\\+ Failed: restart for member node2, status code=400, .*")
                .expect(
                        "leading: switchover nosuch --force",
                        "- .*",
                        "\\+ Error: nosuch cluster doesn't have any members")
                .expect(
                        "asking: query .*SELECT nonsense.*",
                        "\\+ warning: ERROR: column \"nonsense\" does not exist.*");
        row("`version`", Against.ANY, With.TAMADA)
                .expect("looking: version.*", "- patronictl version .*", "\\+ tamada .*");
        row("mistakes on the command line", Against.ANY, With.TAMADA)
                .expect(
                        "(looking|asking|restarting|removing): (nonsense|list --nonsense"
                                + "|dsn -r nonsense|query|query -f .*|flush .* nonsense .*|reload"
                                + "|remove)",
                        "[-+].*")
                .expect(
                        "configuration: edit-config --apply nosuch.yml --force",
                        "status 1 -> 2",
                        "- .*",
                        "\\+ Error: nosuch.yml: found nothing that can be read, .*");
        row("the version of Patroni that is spoken", Against.BELOW_4, With.TAMADA)
                .expect(
                        "restarting: restart compared node2 --force --pending",
                        "- Failed: restart for member node2, status code=503, .*")
                .expect(
                        "leading: (switchover|failover) compared .*--candidate (nobody|node1) .*",
                        "- Error: Member nobody does not exist in cluster compared",
                        "\\+ Error: Member nobody does not exist in cluster compared or is .*")
                .expect(
                        "leading: (switchover|failover) compared .*--candidate node1 --force",
                        "- Error: (Switchover|Failover) target and source are the same\\.",
                        "\\+ Error: Member node1 is already the leader of cluster compared")
                .expect(
                        ANY_STEP,
                        "- table Cluster: \\w+",
                        "\\+ table Cluster: \\w+ \\(\\w+\\)",
                        "[-+] cell (\\+ )?node\\d State: (running|streaming)",
                        "\\+ column Pending restart reason",
                        "[-+] \\[]\\.State = \"(running|streaming)\"",
                        "[-+] compared\\t.*")
                .expect("looking: list -f yaml", "[-+]   State: (running|streaming)")
                .expect(
                        "pending restart: .*",
                        "[-+] Cluster\tMember\t.*",
                        "\\+ cell (\\+ )?node\\d Pending restart reason: .*",
                        "\\+ \\[]\\.Pending restart reason = .*");
    }
}
