package io.tamada.chaos.cluster.comparison;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/// Requests to the REST API, from a cluster at rest to one that is paused and one that asks for a
/// password. The first node leads before and after.
final class Requests {

    private static final List<String> HEALTH =
            List.of(
                    "/",
                    "/primary",
                    "/master",
                    "/read-write",
                    "/leader",
                    "/standby-leader",
                    "/standby_leader",
                    "/replica",
                    "/replica?lag=10MB",
                    "/replica?lag=1048576",
                    "/replica?lag=nonsense",
                    "/replica?tag_color=red",
                    "/replica?tag_color=blue",
                    "/replica?tag_other=red",
                    "/replica?lag=10MB&tag_color=red&tag_clonefrom=true",
                    "/read-only",
                    "/read-only?tag_color=red",
                    "/sync",
                    "/synchronous",
                    "/read-only-sync",
                    "/read-only-synchronous",
                    "/quorum",
                    "/read-only-quorum",
                    "/async",
                    "/asynchronous",
                    "/async?lag=10MB",
                    "/health",
                    "/liveness",
                    "/readiness");

    private static final List<String> DOCUMENTS =
            List.of("/patroni", "/cluster", "/history", "/config", "/metrics", "/failsafe");

    private static final List<String> NODES = List.of("node1", "node2");

    private static final String PASSWORD =
            "  authentication: {username: admin, password: secret}\n";
    private static final String ALLOWLIST = "  allowlist: [192.0.2.0/24]\n";
    private static final Map<String, String> LOGIN = login("admin:secret");
    private static final Map<String, String> WRONG_LOGIN = login("admin:guess");

    private Requests() {}

    private static Map<String, String> login(String words) {
        return Map.of(
                "Authorization",
                "Basic "
                        + Base64.getEncoder()
                                .encodeToString(words.getBytes(StandardCharsets.UTF_8)));
    }

    /// @param quorum whether both know quorum commit.
    static List<Step> script(boolean whole, boolean quorum) {
        Script script = new Script(whole);
        atRest(script);
        configuration(script);
        script.whole(Requests::pendingRestart);
        restarts(script);
        leaders(script);
        script.whole(Requests::copies);
        paused(script);
        script.whole(more -> synchronous(more, "true", "/sync"));
        if (quorum) {
            script.whole(more -> synchronous(more, "\"quorum\"", "/quorum"));
        }
        script.whole(Requests::guarded);
        // Last, because a consent shows for a ttl.
        script.whole(Requests::failsafe);
        return script.steps();
    }

    private static void atRest(Script script) {
        script.chapter("at rest");
        for (String node : NODES) {
            for (String method : List.of("GET", "HEAD", "OPTIONS")) {
                HEALTH.forEach(target -> script.ask(node, method, target, null));
                DOCUMENTS.forEach(target -> script.ask(node, method, target, null));
            }
            script.get(node, "/nonsense", "/x-primary-y", "/primary/", "/patroni/", "/replica/x")
                    .ask(node, "HEAD", "/nonsense", null)
                    .ask(node, "OPTIONS", "/nonsense", null)
                    .ask(node, "POST", "/nonsense", "{}")
                    .ask(node, "POST", "/", "{}")
                    .ask(node, "PUT", "/primary", "{}")
                    .ask(node, "DELETE", "/config", null)
                    .ask(node, "DELETE", "/failover", null)
                    .ask(node, "GET", "/switchover", null)
                    .ask(node, "GET", "/restart", null);
        }
    }

    private static void configuration(Script script) {
        script.chapter("configuration")
                .ask("node1", "PATCH", "/config", null)
                .ask("node1", "PATCH", "/config", "")
                .ask("node1", "PATCH", "/config", "{}")
                .ask("node1", "PATCH", "/config", "[1]")
                .ask("node1", "PATCH", "/config", "no JSON")
                .ask("node1", "PATCH", "/config", "{\"ttl\":")
                .ask("node1", "PATCH", "/config", "{\"maximum_lag_on_failover\":7340032}")
                .then(side -> side.config("7340032", true))
                .get("node1", "/config")
                .get("node2", "/config")
                .ask("node2", "PATCH", "/config", "{\"maximum_lag_on_failover\":7340032 }")
                .ask("node2", "PATCH", "/config", "{\"maximum_lag_on_failover\":null}")
                .then(side -> side.config("7340032", false))
                .ask("node2", "PATCH", "/config", "{\"never_there\":null}")
                .ask(
                        "node1",
                        "PATCH",
                        "/config",
                        "{\"postgresql\":{\"parameters\":{\"work_mem\":\"6MB\"}}}")
                .then(side -> side.setting("work_mem", "6MB"))
                .ask("node1", "PUT", "/config", null)
                .ask("node1", "PUT", "/config", "{}")
                .ask("node1", "PUT", "/config", "no JSON")
                .ask("node1", "PUT", "/config", Side.ORIGINAL_CONFIG)
                .then(side -> side.setting("work_mem", "4MB"))
                .then(Side::restoreConfig)
                .ask("node2", "PUT", "/config", Side.ORIGINAL_CONFIG)
                .ask(
                        "node1",
                        "PATCH",
                        "/config",
                        "{\"postgresql\":{\"parameters\":{\"work_mem\":\"lots\"}}}")
                .ask(
                        "node1",
                        "PATCH",
                        "/config",
                        "{\"postgresql\":{\"parameters\":{\"archive_command\":\"true\"}}}")
                .then(Side::restoreConfig)
                .ask("node1", "POST", "/reload", null)
                .ask("node2", "POST", "/reload", "{}")
                .then(Side::steady);
    }

    private static void pendingRestart(Script script) {
        script.chapter("pending restart")
                .ask(
                        "node1",
                        "PATCH",
                        "/config",
                        "{\"postgresql\":{\"parameters\":{\"shared_buffers\":\"17MB\"}}}")
                .then(side -> side.members("pending_restart", true))
                .get("node1", "/patroni", "/cluster", "/metrics")
                .get("node2", "/patroni", "/primary")
                .ask("node2", "POST", "/restart", "{\"restart_pending\":true}")
                .then(side -> side.steady(true))
                .ask("node1", "POST", "/restart", "{\"restart_pending\":\"true\"}")
                .then(Side::steady)
                .then(side -> side.members("pending_restart", false))
                .then(Side::keepConfig)
                .ask("node1", "POST", "/restart", "{\"restart_pending\":true}");
    }

    private static void restarts(Script script) {
        String later = "\"schedule\":\"2999-01-01T00:00:00+00:00\"";
        script.chapter("restarts");
        for (String body :
                List.of(
                        "no JSON",
                        "[]",
                        "{\"role\":\"replica\"}",
                        "{\"role\":\"nonsense\"}",
                        "{\"postgres_version\":\"9.5.1\"}",
                        "{\"postgres_version\":\"nonsense\"}",
                        "{\"timeout\":\"nonsense\"}",
                        "{\"timeout\":-1}",
                        "{\"nonsense\":1}",
                        "{\"schedule\":\"2001-01-01T00:00:00+00:00\"}",
                        "{\"schedule\":\"2999-01-01T00:00:00\"}",
                        "{\"schedule\":\"nonsense\"}",
                        "{" + later + ",\"role\":\"nonsense\"}")) {
            script.ask("node1", "POST", "/restart", body);
        }
        script.ask("node2", "POST", "/restart", "{\"role\":\"primary\"}")
                .ask("node2", "DELETE", "/restart", null)
                .ask("node2", "POST", "/restart", "{" + later + ",\"postgres_version\":\"99.0\"}")
                .then(side -> side.answers("node2", "/patroni", 200))
                .get("node2", "/patroni")
                .ask("node2", "POST", "/restart", "{" + later + "}")
                .ask("node2", "DELETE", "/restart", "")
                .ask("node2", "DELETE", "/restart", "{}")
                .whole(more -> more.ask("node2", "POST", "/restart", null).then(Side::steady));
    }

    private static void leaders(Script script) {
        String later = "\"scheduled_at\":\"2999-01-01T00:00:00+00:00\"";
        script.chapter("leaders");
        for (String body :
                List.of(
                        "no JSON",
                        "{}",
                        "{\"candidate\":\"node2\"}",
                        "{\"leader\":\"node2\"}",
                        "{\"leader\":\"nobody\",\"candidate\":\"node2\"}",
                        "{\"leader\":\"node1\",\"candidate\":\"nobody\"}",
                        "{\"leader\":\"node1\",\"candidate\":\"node1\"}",
                        "{\"leader\":\"node1\",\"scheduled_at\":\"2001-01-01T00:00:00+00:00\"}",
                        "{\"leader\":\"node1\",\"scheduled_at\":\"2999-01-01T00:00:00\"}",
                        "{\"leader\":\"node1\",\"scheduled_at\":\"nonsense\"}",
                        "{" + later + "}")) {
            script.ask("node1", "POST", "/switchover", body);
        }
        script.ask("node1", "POST", "/switchover", null)
                .ask("node1", "DELETE", "/switchover", null)
                .ask(
                        "node2",
                        "POST",
                        "/switchover",
                        "{\"leader\":\"node1\",\"candidate\":\"node2\"," + later + "}")
                .then(side -> side.answers("node1", "/cluster", 200))
                .then(side -> side.shows("node1", "/cluster", "scheduled_switchover"))
                .get("node1", "/cluster")
                .ask("node1", "DELETE", "/switchover", "")
                .ask("node1", "DELETE", "/switchover", "{}");
        for (String body :
                List.of(
                        "{}",
                        "{\"leader\":\"node1\"}",
                        "{\"candidate\":\"nobody\"}",
                        "{\"candidate\":\"node1\"}",
                        "{\"candidate\":\"node2\"," + later + "}")) {
            script.ask("node1", "POST", "/failover", body);
        }
        script.ask("node1", "POST", "/failover", null).whole(Requests::changes);
    }

    private static void changes(Script script) {
        script.ask("node1", "POST", "/switchover", "{\"leader\":\"node1\",\"candidate\":\"node2\"}")
                .then(Side::steady)
                .get("node1", "/primary", "/replica", "/patroni", "/cluster", "/history")
                .get("node2", "/primary", "/replica", "/patroni", "/history")
                .ask("node1", "POST", "/failover", "{\"candidate\":\"node1\" }")
                .then(Side::steady);
    }

    private static void copies(Script script) {
        script.chapter("copies")
                .ask("node1", "POST", "/reinitialize", null)
                .ask("node1", "POST", "/reinitialize", "{\"force\":true}")
                .then(side -> side.thisServer("node2"))
                .ask("node2", "POST", "/reinitialize", "{}")
                .then(side -> side.anotherServer("node2"));
    }

    private static void failsafe(Script script) {
        String leader =
                "{\"name\":\"node1\",\"conn_url\":\"postgres://127.0.0.1:1/postgres\","
                        + "\"api_url\":\"http://127.0.0.1:1/patroni\",\"slots\":{}}";
        script.chapter("failsafe")
                .ask("node1", "POST", "/failsafe", leader)
                .ask("node1", "PATCH", "/config", "{\"failsafe_mode\":true}")
                .then(side -> side.each("GET", "/failsafe", 200))
                .get("node1", "/failsafe", "/metrics")
                .get("node2", "/failsafe")
                .ask("node1", "POST", "/failsafe", leader.replace("node1", "node2"))
                .ask("node2", "POST", "/failsafe", "no JSON")
                .ask("node2", "POST", "/failsafe", "{}")
                .ask("node2", "POST", "/failsafe", null)
                .ask("node2", "POST", "/failsafe", leader)
                .ask("node1", "PATCH", "/config", "{\"failsafe_mode\":null}")
                .then(side -> side.config("failsafe_mode", false))
                .then(Side::steady);
    }

    private static void paused(Script script) {
        script.chapter("paused")
                .ask("node1", "PATCH", "/config", "{\"pause\":true}")
                .then(side -> side.members("pause", true));
        for (String node : NODES) {
            script.get(
                    node, "/primary", "/replica", "/liveness", "/patroni", "/cluster", "/metrics");
        }
        script.ask("node1", "POST", "/switchover", "{\"leader\":\"node1\"}")
                .ask(
                        "node1",
                        "POST",
                        "/switchover",
                        "{\"leader\":\"node1\",\"candidate\":\"node2\","
                                + "\"scheduled_at\":\"2999-01-01T00:00:00+00:00\"}")
                .ask("node1", "POST", "/failover", "{}")
                .ask("node2", "POST", "/restart", "{\"schedule\":\"2999-01-01T00:00:00+00:00\"}")
                .ask("node1", "PATCH", "/config", "{\"pause\":null}")
                .then(side -> side.members("pause", false))
                .then(Side::steady);
    }

    private static void synchronous(Script script, String mode, String path) {
        script.chapter("synchronous_mode " + mode)
                .ask("node1", "PATCH", "/config", "{\"synchronous_mode\":" + mode + "}")
                .then(side -> side.answers("node2", path, 200))
                .then(
                        side ->
                                side.shows(
                                        "node1", "/patroni", "\"sync_state\": *\"(sync|quorum)\""));
        for (String node : NODES) {
            HEALTH.stream()
                    .filter(target -> !target.contains("?"))
                    .forEach(t -> script.get(node, t));
            script.get(node, "/patroni", "/cluster", "/metrics");
        }
        script.ask(
                        "node1",
                        "POST",
                        "/switchover",
                        "{\"leader\":\"node1\",\"candidate\":\"nobody\"}")
                .ask("node1", "PATCH", "/config", "{\"synchronous_mode\":null}")
                .then(side -> side.answers("node2", "/async", 200))
                .then(side -> side.shows("node1", "/patroni", "\"sync_state\": *\"async\""))
                .then(Side::steady);
    }

    /// With a password, then with a list of addresses that this machine is not on.
    private static void guarded(Script script) {
        script.chapter("with a password")
                .then(side -> side.reconfigure(Requests::withPassword))
                .then(side -> side.each("DELETE", "/restart", 401));
        for (Map<String, String> login : List.of(Map.<String, String>of(), LOGIN)) {
            script.ask("node1", "DELETE", "/restart", "", login)
                    .ask("node1", "POST", "/reinitialize", "", login)
                    .ask("node1", "PATCH", "/config", "{}", login)
                    .get("node1", "/patroni" + (login.isEmpty() ? "" : "?again"));
        }
        script.chapter("with a wrong password")
                .ask("node1", "DELETE", "/restart", "", WRONG_LOGIN)
                .ask("node1", "DELETE", "/restart", "{}", Map.of("Authorization", "Bearer x"))
                .chapter("with an allowlist")
                .then(side -> side.reconfigure(Requests::withAllowlist))
                .then(side -> side.each("DELETE", "/restart", 403))
                .ask("node1", "DELETE", "/restart", "", LOGIN)
                .ask("node1", "PATCH", "/config", "{}", LOGIN)
                .get("node1", "/patroni", "/cluster")
                .then(side -> side.reconfigure(Requests::open))
                .then(side -> side.each("DELETE", "/restart", 404));
    }

    private static String withPassword(String file) {
        return file.replace("restapi:\n", "restapi:\n" + PASSWORD);
    }

    private static String withAllowlist(String file) {
        return file.replace(PASSWORD, PASSWORD + ALLOWLIST);
    }

    private static String open(String file) {
        return file.replace(PASSWORD + ALLOWLIST, "");
    }
}
