package io.tamada.chaos.cluster.comparison;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.tamada.chaos.cluster.Await;
import io.tamada.chaos.cluster.Processes;
import io.tamada.chaos.cluster.Rest;
import io.tamada.chaos.cluster.Signals;
import io.tamada.chaos.cluster.Sql;
import io.tamada.chaos.cluster.TestCluster;
import io.tamada.chaos.cluster.TestNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One cluster of two nodes with the program of its operator, and what it has answered.
final class Side {

    /// In a body: the configuration that the cluster began with.
    static final String ORIGINAL_CONFIG = "{original}";

    private static final Duration BACK = Duration.ofSeconds(60);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final TestCluster cluster;
    private final Operator operator;
    private final Names names;
    private final SequencedMap<String, Seen> seen = new LinkedHashMap<>();
    private final Map<String, Long> postmasters = new LinkedHashMap<>();
    private final StringBuilder times = new StringBuilder();
    private String originalConfig = "";

    Side(TestCluster cluster, Operator operator) {
        this.cluster = cluster;
        this.operator = operator;
        this.names = new Names(cluster);
    }

    /// The first node leads, the second one follows: so it is on every side.
    void begin() {
        TestNode second = cluster.node("node2");
        second.editConfig(text -> text + "tags:\n  clonefrom: true\n  color: red\n");
        cluster.startEtcd();
        cluster.node("node1").start();
        var _ = cluster.awaitOnePrimaryAndStreaming(1, TestCluster.BOOTSTRAP);
        second.start();
        steady();
        keepConfig();
    }

    void run(List<Step> script) {
        for (Step step : script) {
            long began = System.nanoTime();
            switch (step) {
                case Step.Request request -> record(request.name(), ask(request));
                case Step.Command command -> record(command.name(), type(command));
                case Step.Then(var act) -> act.accept(this);
            }
            log(step, System.nanoTime() - began);
        }
    }

    private void log(Step step, long nanos) {
        String what =
                switch (step) {
                    case Step.Request request -> request.name();
                    case Step.Command command -> command.name();
                    case Step.Then _ -> "then";
                };
        times.append("%6.2f s  %s%n".formatted(nanos / 1e9, what));
    }

    /// How long each step has taken; nothing is compared with it.
    String times() {
        return times.toString();
    }

    /// Everything it has answered, by the name of the step.
    SequencedMap<String, Seen> seen() {
        return seen;
    }

    private void record(String name, Seen what) {
        String unique = name;
        for (int time = 2; seen.putIfAbsent(unique, what) != null; time++) {
            unique = name + " (" + time + ")";
        }
    }

    private Seen ask(Step.Request request) {
        String body = request.body();
        Wire.Answer answer =
                Wire.send(
                        cluster.node(request.node()).restPort(),
                        request.method(),
                        request.target(),
                        request.headers(),
                        body == null ? null : body.replace(ORIGINAL_CONFIG, originalConfig));
        return new Seen(Integer.toString(answer.status()), answer.type(), lines(request, answer));
    }

    private List<String> lines(Step.Request request, Wire.Answer answer) {
        String body = answer.body();
        if (body.startsWith("<!DOCTYPE")) {
            return List.of("an error page");
        }
        if (body.isEmpty()) {
            return List.of();
        }
        if (request.path().equals("/metrics")) {
            return List.copyOf(Samples.of(body));
        }
        if (answer.type().equals("application/json")) {
            SortedSet<String> shape = Shape.of(body, request.path().equals("/config"));
            if (shape != null) {
                return shape.stream().map(names::replaceIn).toList();
            }
        }
        return names.replaceIn(body).lines().toList();
    }

    private Seen type(Step.Command command) {
        Operator.Outcome outcome =
                operator.run(
                        cluster.directory(),
                        cluster.node("node1").configFile(),
                        command.words(),
                        command.input());
        List<String> lines = new ArrayList<>();
        for (String line : names.replaceIn(outcome.output()).stripTrailing().lines().toList()) {
            lines.add(line.stripTrailing());
            if (line.contains(" Successfully ")) {
                // The table below it shows some moment of the change.
                break;
            }
        }
        return new Seen(Integer.toString(outcome.exitCode()), "", Tables.cells(lines));
    }

    /// Waits until nothing is under way: one leads, the other streams from it, and the store
    /// says so.
    void steady() {
        steady(false);
    }

    /// @param pending whether a restart may be due.
    void steady(boolean pending) {
        int members = cluster.nodes().stream().mapToInt(node -> node.isStarted() ? 1 : 0).sum();
        TestNode primary = cluster.awaitOnePrimaryAndStreaming(members, BACK);
        awaitStore(
                "the store to show that " + primary + " leads and the others stream",
                store -> whyUnsteady(store, primary.name(), pending));
    }

    private String whyUnsteady(Map<String, String> store, String primary, boolean pending) {
        if (!store.getOrDefault("leader", "").equals(primary)) {
            return "leader " + store.get("leader");
        }
        int timeline = json(store.get("members/" + primary)).path("timeline").asInt();
        for (TestNode node : cluster.nodes()) {
            JsonNode member = json(store.get("members/" + node.name()));
            boolean leads = node.name().equals(primary);
            boolean tells = !member.path("version").asText().startsWith("3.0");
            if (!member.path("state").asText().equals("running")
                    || member.path("timeline").asInt() != timeline
                    || member.has("checkpoint_after_promote")
                    || (member.has("pending_restart") && !pending)
                    || (!leads
                            && tells
                            && !member.path("replication_state").asText().equals("streaming"))) {
                return node + ": " + member;
            }
        }
        for (TestNode node : cluster.nodes()) {
            String stale = whyStale(node, timeline);
            if (!stale.isEmpty()) {
                return stale;
            }
        }
        JsonNode shown = cluster.node(primary).rest("/patroni").json().path("replication");
        boolean copying = shown.findValuesAsText("state").contains("backup");
        if (shown.size() != cluster.nodes().size() - 1 || copying) {
            return primary + " shows " + shown;
        }
        String failover = store.getOrDefault("failover", "{}");
        if (!failover.equals("{}") && !failover.contains("scheduled_at")) {
            return "failover " + failover;
        }
        int switches = json(store.getOrDefault("history", "[]")).size();
        return switches == timeline - 1 ? "" : "history of " + switches + ", TL " + timeline;
    }

    /// What a node shows of the cluster may be as old as its last look at the store.
    private static String whyStale(TestNode node, int timeline) {
        JsonNode members = node.rest("/cluster").json().path("members");
        for (JsonNode member : members) {
            if (member.path("timeline").asInt() != timeline) {
                return node + " shows " + members;
            }
        }
        return "";
    }

    /// Waits until every member publishes a field, or none does.
    void members(String field, boolean there) {
        awaitStore(
                "each member to publish " + (there ? "" : "no ") + field,
                store -> {
                    for (TestNode node : cluster.nodes()) {
                        JsonNode member = json(store.get("members/" + node.name()));
                        if (member.has(field) != there) {
                            return node + ": " + member;
                        }
                    }
                    return "";
                });
    }

    /// Waits until every node answers a request with a status.
    void each(String method, String path, int status) {
        for (TestNode node : cluster.nodes()) {
            Await.until(
                    "%s to answer %s %s with %d".formatted(node, method, path, status),
                    BACK,
                    () -> {
                        Await.pause(BETWEEN_LOOKS);
                        return Rest.command(node.restPort(), method, path, "").status() == status;
                    },
                    () -> Rest.command(node.restPort(), method, path, "").toString());
        }
    }

    /// Waits until every node shows a configuration that has a text in it, or has not.
    void config(String text, boolean there) {
        for (TestNode node : cluster.nodes()) {
            Await.until(
                    "/config of %s %s %s".formatted(node, there ? "with" : "without", text),
                    BACK,
                    () -> {
                        Await.pause(BETWEEN_LOOKS);
                        Rest.Answer answer = node.rest("/config");
                        return answer.status() == 200 && answer.body().contains(text) == there;
                    },
                    () -> node.rest("/config").body());
        }
    }

    /// Waits until a node answers a path with a status.
    void answers(String node, String path, int status) {
        Await.until(
                "%s to answer %s with %d".formatted(node, path, status),
                BACK,
                () -> {
                    Await.pause(BETWEEN_LOOKS);
                    return cluster.node(node).rest(path).status() == status;
                },
                () -> cluster.node(node).rest(path).toString());
    }

    /// Waits until the body of what a node answers holds something.
    ///
    /// @param pattern of a regular expression.
    void shows(String node, String path, String pattern) {
        shows(node, path, pattern, true);
    }

    void showsNot(String node, String path, String pattern) {
        shows(node, path, pattern, false);
    }

    private void shows(String node, String path, String pattern, boolean there) {
        Pattern wanted = Pattern.compile(pattern);
        Await.until(
                "%s to show %s%s in %s".formatted(node, there ? "" : "no ", pattern, path),
                BACK,
                () -> {
                    Await.pause(BETWEEN_LOOKS);
                    Rest.Answer answer = cluster.node(node).rest(path);
                    return answer.status() != 0 && wanted.matcher(answer.body()).find() == there;
                },
                () -> cluster.node(node).rest(path).toString());
    }

    /// Remembers which run of a server is meant by [#anotherServer(String)].
    void thisServer(String node) {
        postmasters.put(node, Processes.postmaster(cluster.node(node).dataDirectory()));
    }

    /// Waits for another run of the server.
    void anotherServer(String node) {
        long old = postmasters.getOrDefault(node, 0L);
        var _ = cluster.node(node).awaitPostmasterOtherThan(old, BACK);
        steady();
    }

    /// Changes the files of all nodes and lets the agents read them.
    void reconfigure(UnaryOperator<String> edit) {
        for (TestNode node : cluster.nodes()) {
            node.editConfig(edit);
            node.agent().signal(Signals.HUP);
        }
    }

    /// Takes the configuration of this moment for the first one.
    void keepConfig() {
        originalConfig = cluster.etcd().value(cluster.key("config"));
    }

    /// As an operator would, over the API; again where it has not come through, because Patroni
    /// compares with what it has in memory.
    void restoreConfig() {
        JsonNode original = json(originalConfig);
        Await.until(
                "the store to hold the first configuration again",
                BACK,
                () -> {
                    var _ =
                            Rest.command(
                                    cluster.node("node1").restPort(),
                                    "PUT",
                                    "/config",
                                    originalConfig);
                    Await.pause(BETWEEN_LOOKS);
                    return json(store().get("config")).equals(original);
                },
                () -> String.valueOf(store().get("config")));
        for (TestNode node : cluster.nodes()) {
            Await.until(
                    node + " to show it",
                    BACK,
                    () -> {
                        Await.pause(BETWEEN_LOOKS);
                        return node.rest("/config").json().equals(original);
                    },
                    () -> node.rest("/config").body());
        }
    }

    /// Waits until every server has a setting.
    void setting(String name, String value) {
        for (TestNode node : cluster.nodes()) {
            Await.until(
                    "%s of %s to be %s".formatted(name, node, value),
                    BACK,
                    () -> {
                        Await.pause(BETWEEN_LOOKS);
                        return Sql.peek(node.postgresPort(), "SHOW " + name).equals(value);
                    },
                    () -> Sql.peek(node.postgresPort(), "SHOW " + name));
        }
    }

    /// Puts a key of another cluster into the store.
    void store(String key, String value) {
        cluster.etcd().put(key, value);
    }

    private void awaitStore(String what, Function<Map<String, String>, String> why) {
        Await.until(
                what,
                BACK,
                () -> {
                    Await.pause(BETWEEN_LOOKS);
                    return why.apply(store()).isEmpty();
                },
                () -> why.apply(store()));
    }

    private Map<String, String> store() {
        Map<String, String> keys = new LinkedHashMap<>();
        List<String> lines = cluster.etcd().prefix(cluster.key("")).lines().toList();
        for (int i = 0; i + 1 < lines.size(); i += 2) {
            keys.put(lines.get(i).substring(cluster.key("").length()), lines.get(i + 1));
        }
        return keys;
    }

    private static JsonNode json(@Nullable String text) {
        try {
            return text == null ? MissingNode.getInstance() : JSON.readTree(text);
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }
}
