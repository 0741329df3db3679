package io.tamada.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.agent.hooks.Scripts;
import io.tamada.agent.hooks.Scripts.CustomBootstrap;
import io.tamada.agent.hooks.Scripts.ReplicaMethod;
import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.StopMode;
import io.tamada.core.postgres.Upstream;
import io.tamada.core.wal.Timeline;
import io.tamada.dcs.codec.ClusterConfigCodec;
import io.tamada.dcs.kv.Bytes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The user's scripts on real PostgreSQL.
@Unprivileged
class ScriptsTest {

    @TempDir Path root;

    private Path script(String name, String body) throws Exception {
        Path script = root.resolve(name);
        Files.writeString(script, "#!/bin/sh\n" + body);
        assertThat(script.toFile().setExecutable(true)).isTrue();
        return script;
    }

    private Scripts callbacks(Path log) throws Exception {
        TreeMap<String, String> commands = new TreeMap<>();
        Path script = script("callback", "echo \"$@\" >> " + log + "\n");
        for (String name :
                List.of("on_start", "on_stop", "on_restart", "on_reload", "on_role_change")) {
            commands.put(name, script + " given");
        }
        return new Scripts(commands, null, null, null, new TreeMap<>(), List.of());
    }

    private void awaitLines(Path log, String... lines) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        List<String> seen = List.of();
        while (System.nanoTime() - end < 0) {
            seen = Files.exists(log) ? Files.readAllLines(log) : List.of();
            if (seen.equals(List.of(lines))) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
        assertThat(seen).containsExactly(lines);
    }

    @Test
    void callbacksAreCalledWithActionRoleAndScopeInTheOrderOfWhatHappens() throws Exception {
        Path log = root.resolve("log");
        try (TestNode primary = new TestNode(root, "node-a");
                TestNode node = new TestNode(root, "node-b")) {
            primary.bootstrap();
            node.scripts = callbacks(log);
            node.join(primary);
            awaitLines(log, "given on_start replica test-cluster");
            node.restarting.set(true);
            node.succeed(new PostgresCommand.Stop(StopMode.FAST));
            node.succeed(new PostgresCommand.StartAsStandby(primary.upstream()));
            node.restarting.set(false);
            awaitLines(
                    log,
                    "given on_start replica test-cluster",
                    "given on_restart replica test-cluster");
            Files.delete(log);
            node.succeed(new PostgresCommand.Promote(new Timeline(2)));
            awaitLines(log, "given on_role_change primary test-cluster");
            Files.delete(log);
            TreeMap<String, String> parameters = new TreeMap<>();
            parameters.put("work_mem", "5MB");
            node.control.configure(TestNode.config(parameters));
            awaitLines(log, "given on_reload primary test-cluster");
            Files.delete(log);
            node.succeed(new PostgresCommand.Stop(StopMode.FAST));
            awaitLines(log, "given on_stop primary test-cluster");
            node.succeed(new PostgresCommand.StartAsStandby(null));
            awaitLines(
                    log,
                    "given on_stop primary test-cluster",
                    "given on_role_change replica test-cluster");
        }
    }

    @Test
    void aCallbackThatHangsHoldsUpNothingAndIsEndedByTheNext() throws Exception {
        Path log = root.resolve("log");
        try (TestNode node = new TestNode(root, "node-a")) {
            node.bootstrap();
            TreeMap<String, String> commands = new TreeMap<>();
            Path hangs = script("hangs", "echo hangs >> " + log + "\nexec sleep 600\n");
            Path ends = script("ends", "echo ends >> " + log + "\n");
            commands.put("on_stop", hangs.toString());
            commands.put("on_start", ends.toString());
            node.scripts = new Scripts(commands, null, null, null, new TreeMap<>(), List.of());
            node.succeed(new PostgresCommand.Stop(StopMode.FAST));
            awaitLines(log, "hangs");
            node.succeed(new PostgresCommand.StartAsPrimary());
            awaitLines(log, "hangs", "ends");
        }
    }

    @Test
    void theScriptBeforeAStopSeesARunningServerAndCannotForbidTheStop() throws Exception {
        Path seen = root.resolve("seen");
        try (TestNode node = new TestNode(root, "node-a")) {
            node.bootstrap();
            Path script =
                    script(
                            "before",
                            "cat "
                                    + node.settings.dataDirectory().resolve("postmaster.pid")
                                    + " > "
                                    + seen
                                    + "\nexit 1\n");
            node.scripts =
                    new Scripts(
                            new TreeMap<>(),
                            script.toString(),
                            null,
                            null,
                            new TreeMap<>(),
                            List.of());
            node.succeed(new PostgresCommand.Stop(StopMode.FAST));
            assertThat(seen).exists();
            assertThat(node.control.observe().isDown()).isTrue();
        }
    }

    @Test
    void aScriptMayForbidAPromotion() throws Exception {
        try (TestNode primary = new TestNode(root, "node-a");
                TestNode node = new TestNode(root, "node-b")) {
            primary.bootstrap();
            node.join(primary);
            Path verdict = root.resolve("verdict");
            Path script = script("may-i", "exit $(cat " + verdict + ")\n");
            node.scripts =
                    new Scripts(
                            new TreeMap<>(),
                            null,
                            script.toString(),
                            null,
                            new TreeMap<>(),
                            List.of());
            PostgresCommand promote = new PostgresCommand.Promote(new Timeline(2));

            Files.writeString(verdict, "7");
            assertThat(node.fail(promote)).isEqualTo("pre_promote has ended with exit code 7");
            assertThat(((Operation.Failed) node.control.observe().operation()).kind())
                    .isEqualTo(Operation.Kind.PRE_PROMOTE);
            assertThat(node.query("SELECT pg_is_in_recovery()::text")).isEqualTo("true");

            Files.writeString(verdict, "0");
            node.covered.set(false);
            assertThat(node.fail(promote))
                    .isEqualTo("the lease has run out before the server was asked");
            assertThat(node.query("SELECT pg_is_in_recovery()::text")).isEqualTo("true");

            node.covered.set(true);
            node.succeed(promote);
            assertThat(node.query("SELECT pg_is_in_recovery()::text")).isEqualTo("false");
        }
    }

    @Test
    void aReplicaIsMadeByTheNextMethodWhenOneFails() throws Exception {
        try (TestNode primary = new TestNode(root, "node-a");
                TestNode node = new TestNode(root, "node-b")) {
            primary.bootstrap();
            Path arguments = root.resolve("arguments");
            Path fails = script("fails", "mkdir -p rubbish; exit 3\n");
            Path copies =
                    script(
                            "copies",
                            "echo \"$@\" > "
                                    + arguments
                                    + "\nfor a; do case $a in --datadir=*) d=${a#*=};;"
                                    + " --connstring=*) c=${a#*=};; esac; done\n"
                                    + TestNode.BIN
                                    + "/pg_basebackup -D \"$d\" -d \"$c\" -X stream -c fast\n");
            LinkedHashMap<String, String> options = new LinkedHashMap<>(Map.of("threads", "2"));
            node.scripts =
                    new Scripts(
                            new TreeMap<>(),
                            null,
                            null,
                            null,
                            new TreeMap<>(),
                            List.of(
                                    new ReplicaMethod(
                                            "first",
                                            fails.toString(),
                                            false,
                                            false,
                                            new LinkedHashMap<>()),
                                    new ReplicaMethod(
                                            "second", copies.toString(), false, false, options)));
            node.control.configure(
                    TestNode.config(Map.of("recovery_min_apply_delay", "1ms"), null));
            node.join(primary);
            assertThat(Files.readString(arguments))
                    .startsWith("--threads=2 --scope=test-cluster --role=replica --datadir=")
                    .contains("--connstring=")
                    .doesNotContain("secret");
            assertThat(node.query("SHOW recovery_min_apply_delay")).isEqualTo("1ms");
        }
    }

    /// A cluster that follows another one has methods of its own to make copies, and a way to
    /// fetch WAL that all its members use; only its leader applies late.
    @Test
    void aMemberOfAStandbyClusterIsMadeAndRecoversAsThatSays() throws Exception {
        try (TestNode primary = new TestNode(root, "node-a");
                TestNode node = new TestNode(root, "node-b")) {
            primary.bootstrap();
            Path called = root.resolve("called");
            Path copies =
                    script(
                            "copies",
                            "touch "
                                    + called
                                    + "\nfor a; do case $a in --datadir=*) d=${a#*=};;"
                                    + " --connstring=*) c=${a#*=};; esac; done\n"
                                    + TestNode.BIN
                                    + "/pg_basebackup -D \"$d\" -d \"$c\" -X stream -c fast\n");
            TreeMap<String, ReplicaMethod> methods = new TreeMap<>();
            methods.put(
                    "far",
                    new ReplicaMethod(
                            "far", copies.toString(), false, false, new LinkedHashMap<>()));
            node.scripts = new Scripts(new TreeMap<>(), null, null, null, methods, List.of());
            node.control.configure(following(primary.upstream()));
            node.join(primary);
            assertThat(called).exists();
            assertThat(node.query("SHOW restore_command")).isEqualTo("false %f %p");
            assertThat(node.query("SHOW archive_cleanup_command")).isEqualTo("true %r");
            assertThat(node.query("SHOW recovery_min_apply_delay")).isEqualTo("7ms");
            assertThat(node.query("SHOW primary_slot_name")).isEmpty();

            node.control.configure(following(new Upstream("127.0.0.1", 1)));
            node.await(_ -> "0".equals(applyDelay(node)));
            assertThat(node.query("SHOW restore_command")).isEqualTo("false %f %p");
            assertThat(node.query("SHOW primary_slot_name")).isEqualTo("node_b");
        }
    }

    private static String applyDelay(TestNode node) {
        try {
            return node.query("SHOW recovery_min_apply_delay");
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static ClusterConfig following(Upstream other) {
        String json =
                """
                {"postgresql": {"use_pg_rewind": true},
                 "standby_cluster": {"host": "%s", "port": %d,
                  "create_replica_methods": ["far"], "restore_command": "false %%f %%p",
                  "archive_cleanup_command": "true %%r", "recovery_min_apply_delay": "7ms"}}
                """
                        .formatted(other.host(), other.port());
        return Objects.requireNonNull(ClusterConfigCodec.decode(Bytes.utf8(json), _ -> {}));
    }

    @Test
    void aReplicaThatNoMethodMakesIsAFailureWithTheReasonOfTheLast() throws Exception {
        try (TestNode primary = new TestNode(root, "node-a");
                TestNode node = new TestNode(root, "node-b")) {
            primary.bootstrap();
            Path fails = script("fails", "echo nothing to restore; exit 3\n");
            node.scripts =
                    new Scripts(
                            new TreeMap<>(),
                            null,
                            null,
                            null,
                            new TreeMap<>(),
                            List.of(
                                    new ReplicaMethod(
                                            "restore",
                                            fails.toString(),
                                            false,
                                            false,
                                            new LinkedHashMap<>())));
            assertThat(node.fail(new PostgresCommand.Clone(primary.name, primary.upstream())))
                    .contains("restore has failed with exit code 3")
                    .contains("nothing to restore");
        }
    }

    @Test
    void aClusterIsMadeFromABackupAndRecoversToANewTimeline() throws Exception {
        Path backup = root.resolve("backup");
        String marker;
        try (TestNode old = new TestNode(root, "node-a")) {
            old.bootstrap();
            old.query("CREATE TABLE kept AS SELECT 42 AS a");
            old.query("ALTER ROLE postgres PASSWORD 'another one'");
            marker = script("copy", copyOf(old, backup)).toString();
            assertThat(new ProcessBuilder(marker).inheritIO().start().waitFor()).isZero();
        }
        Path restore =
                script(
                        "restore",
                        "for a; do case $a in --datadir=*) d=${a#*=};; esac; done\n"
                                + "echo \"$@\" > "
                                + root
                                + "/given\ncp -a "
                                + backup
                                + "/. \"$d\" 2>/dev/null || cp -a "
                                + backup
                                + " \"$d\"\n");
        try (TestNode node = new TestNode(root, "node-b")) {
            node.scripts =
                    Scripts.NONE.with(
                            new CustomBootstrap(
                                    restore.toString(),
                                    false,
                                    false,
                                    new TreeMap<>(
                                            Map.of(
                                                    "restore_command",
                                                    "false",
                                                    "recovery_target_action",
                                                    "promote")),
                                    new LinkedHashMap<>(Map.of("stanza", "main"))));
            node.succeed(new PostgresCommand.Initdb());
            node.succeed(new PostgresCommand.StartAsPrimary());
            node.succeed(new PostgresCommand.Provision());

            ServerStatus status = node.awaitStatus(s -> !s.inRecovery());
            assertThat(status.timeline()).isEqualTo(new Timeline(2));
            assertThat(node.query("SELECT a FROM kept")).isEqualTo("42");
            assertThat(Files.readString(root.resolve("given")).strip())
                    .isEqualTo(
                            "--scope=test-cluster --datadir="
                                    + node.settings.dataDirectory()
                                    + " --stanza=main");
            assertThat(node.file("pg_hba.conf")).doesNotContain("samehost trust");
            assertThat(node.file("postgresql.conf")).doesNotContain("restore_command");
        }
    }

    @Test
    void aBootstrapCommandThatFailsLeavesNothing() throws Exception {
        Path fails = script("fails", "mkdir -p \"${2#*=}/x\"; echo no backup; exit 4\n");
        try (TestNode node = new TestNode(root, "node-a")) {
            node.scripts =
                    Scripts.NONE.with(
                            new CustomBootstrap(
                                    fails.toString(),
                                    false,
                                    false,
                                    new TreeMap<>(),
                                    new LinkedHashMap<>()));
            assertThat(node.fail(new PostgresCommand.Initdb()))
                    .contains("exit code 4")
                    .contains("no backup");
            assertThat(node.settings.dataDirectory().resolve("x")).doesNotExist();
            assertThat(node.control.observe().operation()).isInstanceOf(Operation.Failed.class);
        }
    }

    private static String copyOf(TestNode node, Path into) {
        return "PGPASSWORD='rep:secret' "
                + TestNode.BIN
                + "/pg_basebackup -D "
                + into
                + " -h 127.0.0.1 -U replicator -p "
                + node.settings.listen().port()
                + " -X stream -c fast --no-sync\n";
    }
}
