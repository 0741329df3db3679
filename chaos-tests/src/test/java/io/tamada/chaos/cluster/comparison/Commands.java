package io.tamada.chaos.cluster.comparison;

import io.tamada.chaos.cluster.Sql;
import java.util.List;

/// What an operator types, from looking on to removing a cluster. The first node leads at the
/// beginning.
final class Commands {

    /// Without a setting that the cluster has, and with every one that needs a restart.
    private static final String OTHER_CONFIG =
            """
            ttl: 20
            loop_wait: 1
            retry_timeout: 3
            postgresql:
              use_pg_rewind: true
              use_slots: true
              parameters:
                max_connections: 50
                shared_buffers: 17MB
            """;

    private static final String LATER = "--scheduled 2999-01-01T00:00:00+00:00";

    private Commands() {}

    static List<Step> script(boolean whole) {
        Script script = new Script(whole);
        looking(script);
        asking(script);
        configuration(script);
        pausing(script);
        restarting(script);
        script.whole(Commands::pendingRestart);
        copying(script);
        leading(script);
        removing(script);
        return script.steps();
    }

    private static void looking(Script script) {
        script.chapter("looking")
                .type("list")
                .type("list -e")
                .type("list -f json")
                .type("list -f tsv")
                .type("topology")
                .type("show-config")
                .type("version compared")
                .type("list --nonsense")
                .whole(
                        more ->
                                more.type("list -t")
                                        .type("list -f yaml")
                                        .type("list -e -f json")
                                        .type("list compared nosuch")
                                        .type("topology compared")
                                        .type("history")
                                        .type("history -f json")
                                        .type("history -f yaml")
                                        .type("show-config compared")
                                        .type("version compared node2")
                                        .type("nonsense"));
    }

    private static void asking(Script script) {
        String login = "query -U postgres --password ";
        String password = Sql.PASSWORD + "\n";
        String question = login + "-c 'SELECT 1 AS a, NULL AS b, true AS c'";
        script.chapter("asking")
                .type("dsn")
                .type("dsn -r replica")
                .type("dsn -m nobody")
                .type(question, password)
                .type(login + "-c 'SELECT nonsense'", password)
                .whole(
                        more ->
                                more.type("dsn -m node2 compared")
                                        .type("dsn -m node2 -r replica")
                                        .type("dsn -r nonsense")
                                        .type(question + " --format json", password)
                                        .type(question + " --format yaml", password)
                                        .type(question + " --format pretty", password)
                                        .type(question + " --delimiter ;", password)
                                        .type(
                                                login
                                                        + "-r replica -c 'SELECT"
                                                        + " pg_is_in_recovery()'",
                                                password)
                                        .type(
                                                login
                                                        + "-m node1 -d postgres -c 'SELECT"
                                                        + " pg_is_in_recovery()'",
                                                password)
                                        .type(login + "-m nobody -c 'SELECT 1'", password)
                                        .type("query -m node1 -r replica -c 'SELECT 1'")
                                        .type("query")
                                        .type("query -f nosuch.sql"));
    }

    private static void configuration(Script script) {
        script.chapter("configuration")
                .type("edit-config -s maximum_lag_on_failover=7340032 --force")
                .type("edit-config -p work_mem=8MB", "n\n")
                .type("edit-config --apply - --force", "maximum_lag_on_failover: null\n")
                .type("edit-config -s nonsense --force")
                .whole(
                        more ->
                                more.type("edit-config -p work_mem=6MB --force")
                                        .type("edit-config -p work_mem=6MB --force compared")
                                        .type("edit-config -q -p work_mem=7MB --force")
                                        .type(
                                                "edit-config -s"
                                                        + " postgresql.parameters.work_mem=9MB",
                                                "y\n")
                                        .type(
                                                "edit-config --apply -",
                                                "maximum_lag_on_failover: 1\n")
                                        .type("edit-config --apply nosuch.yml --force")
                                        .type("edit-config -s ttl=21 -p work_mem=null --force")
                                        .type("edit-config --replace - --force", OTHER_CONFIG)
                                        .type("show-config")
                                        .then(Side::restoreConfig)
                                        .then(Side::steady));
    }

    private static void pausing(Script script) {
        script.chapter("pausing")
                .type("pause")
                .then(side -> side.members("pause", true))
                .type("pause")
                .type("list")
                .type("switchover compared --force")
                .whole(
                        more ->
                                more.type("list -f json")
                                        .type(
                                                "switchover compared --candidate node2 --force "
                                                        + LATER)
                                        .type("restart compared node2 --force " + LATER))
                .type("resume")
                .then(side -> side.members("pause", false))
                .whole(
                        more ->
                                more.type("resume")
                                        .type("pause compared --wait")
                                        .type("resume compared --wait"))
                .then(Side::steady);
    }

    private static void restarting(Script script) {
        script.chapter("restarting")
                .type("restart compared node2 --force --pending")
                .type("restart compared nobody --force")
                .type("restart compared node2 --force " + LATER + " --pg-version 99.0")
                .then(side -> side.shows("node2", "/cluster", "scheduled_restart"))
                .type("list")
                .whole(
                        more ->
                                more.type("list -f json")
                                        .type(
                                                "restart compared node2 --force --scheduled"
                                                        + " 2998-01-01T00:00:00+00:00")
                                        .then(side -> side.shows("node2", "/cluster", "2998-")))
                .type("flush compared node2 restart --force")
                .then(side -> side.showsNot("node2", "/cluster", "scheduled_restart"))
                .type("restart compared node2", "now\ny\n\n")
                .then(Side::steady)
                .type("reload compared --force")
                .whole(
                        more ->
                                more.type("restart compared node2 --force --pg-version 9.5.1")
                                        .type(
                                                "restart compared node2 --force --pg-version nonsense")
                                        .type("restart compared node2 --force --scheduled nonsense")
                                        .type(
                                                "restart compared node2 --force --scheduled"
                                                        + " 2001-01-01T00:00:00+00:00")
                                        .type("restart compared node1 -r replica --force")
                                        .type("flush compared restart --force")
                                        .type("flush compared nonsense --force")
                                        .type("restart compared node2", "now\nn\n")
                                        .type("reload compared node2", "n\n")
                                        .type("reload compared node2", "y\n")
                                        .type("reload compared nobody --force")
                                        .type("reload"));
    }

    private static void pendingRestart(Script script) {
        script.chapter("pending restart")
                .type("edit-config -p shared_buffers=18MB --force")
                .then(side -> side.members("pending_restart", true))
                .type("list")
                .type("list -f json")
                .type("list -f tsv")
                .type("topology")
                .type("restart compared --force --pending -r replica")
                .then(side -> side.steady(true))
                .type("restart compared --force --pending -r leader")
                .then(Side::steady)
                .then(side -> side.members("pending_restart", false))
                .then(Side::keepConfig);
    }

    private static void copying(Script script) {
        script.chapter("copying")
                .type("reinit compared node1 --force")
                .type("reinit compared node2", "n\n")
                .whole(
                        more ->
                                more.type("reinit compared nobody --force")
                                        .then(side -> side.thisServer("node2"))
                                        .type("reinit compared node2 --force --wait")
                                        .then(side -> side.anotherServer("node2")));
    }

    private static void leading(Script script) {
        script.chapter("leading")
                .type("switchover compared --leader node1 --candidate nobody --force")
                .type("failover compared --force")
                .type("switchover compared --candidate node2 --force " + LATER)
                .type("flush compared switchover --force")
                .whole(
                        more ->
                                more.type("switchover compared --leader nobody --force")
                                        .type(
                                                "switchover compared --leader node1 --candidate"
                                                        + " node1 --force")
                                        .type(
                                                "switchover compared --leader node1 --candidate"
                                                        + " node2",
                                                "now\nn\n")
                                        .type(
                                                "switchover compared --candidate node2 --force"
                                                        + " --scheduled nonsense")
                                        .type(
                                                "switchover compared --candidate node2 --force"
                                                        + " --scheduled 2001-01-01T00:00:00+00:00")
                                        .type("flush compared switchover --force")
                                        .type("failover compared --candidate nobody --force")
                                        .type("failover compared --candidate node1 --force")
                                        .type("switchover nosuch --force"))
                .type("switchover compared --force --candidate node2")
                .then(Side::steady)
                .type("history -f tsv")
                .whole(
                        more ->
                                more.type("list")
                                        .type("topology")
                                        .type("failover compared --force --candidate node1")
                                        .then(Side::steady));
    }

    private static void removing(Script script) {
        String gone = "/service/gone/";
        script.chapter("removing")
                .type("remove compared", "nosuch\n")
                .then(side -> side.store(gone + "initialize", "7000000000000000001"))
                .then(side -> side.store(gone + "config", "{\"ttl\":30}"))
                .whole(
                        more ->
                                more.type("remove compared", "compared\nyes\n")
                                        .type(
                                                "remove compared",
                                                "compared\nYes I am aware\nnobody\n")
                                        .type("remove")
                                        .type("list gone"))
                .type("remove gone", "gone\nYes I am aware\n")
                .chapter("removed")
                .type("list gone")
                .whole(more -> more.type("list compared"));
    }
}
