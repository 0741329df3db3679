package io.tamada.agent.postgres;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tamada.core.postgres.ClientGate;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.StandbyNames;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The gate of a first primary, on real PostgreSQL, where synchronous mode is off.
@Unprivileged
class ClientGateTest {

    @TempDir Path root;

    private static PostgresCommand gate(ClientGate gate) {
        return new PostgresCommand.SetSynchronousStandbys(StandbyNames.NONE, gate);
    }

    private static void connectAsClient(TestNode node) throws SQLException {
        DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:%d/postgres"
                                .formatted(node.settings.listen().port()),
                        "app",
                        "app")
                .close();
    }

    private static void assertClientsAreShutOut(TestNode node) {
        assertThatThrownBy(() -> connectAsClient(node))
                .hasMessageContaining("no pg_hba.conf entry");
    }

    @Test
    void aFirstPrimaryLetsOnlyTheAgentsInUntilItsGateOpens() throws Exception {
        TestNode first = new TestNode(root, "node-a");
        first.succeed(new PostgresCommand.Initdb());
        first.begin(gate(ClientGate.SHUT));
        first.succeed(new PostgresCommand.StartAsPrimary());
        first.succeed(new PostgresCommand.Provision());
        first.awaitStatus(s -> s.synchronous().gate() == ClientGate.SHUT);
        first.query("CREATE ROLE app LOGIN PASSWORD 'app'");
        assertClientsAreShutOut(first);

        try (TestNode second = first.successor(UnaryOperator.identity())) {
            second.control.configure(TestNode.config(new TreeMap<>()));
            second.awaitStatus(s -> s.synchronous().gate() == ClientGate.SHUT);
            assertClientsAreShutOut(second);

            second.begin(gate(ClientGate.OPEN));
            second.awaitStatus(s -> s.synchronous().gate() == ClientGate.OPEN);
            connectAsClient(second);
        }
    }
}
