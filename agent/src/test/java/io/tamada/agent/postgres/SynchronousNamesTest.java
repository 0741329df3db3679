package io.tamada.agent.postgres;

import io.tamada.core.postgres.ClientGate;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.StandbyNames;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whom commits wait for comes into force on a real server also where the file says it already.
@Unprivileged
class SynchronousNamesTest {

    private static final String SHOW = "SHOW synchronous_standby_names";

    @TempDir Path root;

    /// Behind the gate the names are the agent's, whatever the mode is.
    private static PostgresCommand waitFor(StandbyNames names) {
        return new PostgresCommand.SetSynchronousStandbys(names, ClientGate.SHUT);
    }

    private static StandbyNames named(String name) {
        return new StandbyNames(1, List.of(name));
    }

    /// As an agent does that dies before it has told the server.
    private static void writeUntold(TestNode node, String from, String to) throws Exception {
        Path file = node.settings.dataDirectory().resolve("postgresql.conf");
        String text = Files.readString(file);
        Files.writeString(file, text.replace(named(from).text(), named(to).text()));
    }

    @Test
    void namesThatAlterSystemHasChangedComeBack() throws Exception {
        try (TestNode node = new TestNode(root, "node-a")) {
            node.bootstrap();
            node.begin(waitFor(named("b")));
            node.awaitAnswer(SHOW, named("b").text());
            node.query("ALTER SYSTEM SET synchronous_standby_names = ''");
            node.query("SELECT pg_reload_conf()");
            node.awaitAnswer(SHOW, "");
            node.begin(waitFor(named("b")));
            node.awaitAnswer(SHOW, named("b").text());
        }
    }

    @Test
    void namesThatWereWrittenAndNeverToldComeIntoForce() throws Exception {
        TestNode first = new TestNode(root, "node-a");
        first.bootstrap();
        first.begin(waitFor(named("b")));
        first.awaitAnswer(SHOW, named("b").text());
        writeUntold(first, "b", "c");
        first.begin(waitFor(named("c")));
        first.awaitAnswer(SHOW, named("c").text());
        writeUntold(first, "c", "d");
        try (TestNode next = first.successor(UnaryOperator.identity())) {
            next.awaitStatus(s -> s.synchronous().standbyNames().equals(named("c").text()));
            next.begin(waitFor(named("d")));
            next.awaitAnswer(SHOW, named("d").text());
        }
    }
}
