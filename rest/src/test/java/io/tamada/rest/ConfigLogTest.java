package io.tamada.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.port.ControlStore;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Test;

/// What the log says of a change of the configuration.
class ConfigLogTest {

    private static final Logger API = Logger.getLogger("io.tamada.rest");

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Handler listener =
            new Handler() {
                @Override
                public void publish(LogRecord line) {
                    lines.add(new SimpleFormatter().formatMessage(line));
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };

    @Test
    void aChangeIsLoggedByTheNamesOfItsSettingsAndNothingOfTheirValues() throws IOException {
        World world = new World();
        world.primary();
        world.store.config = new ControlStore.StoredConfig("{\"ttl\":30}", 4);
        RestServer server =
                new RestServer(world.settings(), world.api(), world.failsafe(), world.control());
        int port = ((RestServer.Started.Listening) server.start()).port();
        API.addHandler(listener);
        try {
            String patch =
                    """
                    {"ttl": 20, "postgresql": {"pg_hba": ["host all all all ldap ldapbindpasswd=hush"],
                     "parameters": {"ldap\\nforged": "hush", "work_mem": null}}}
                    """;
            assertThat(Wire.command(port, "PATCH", "/config", patch).status()).isEqualTo(200);
        } finally {
            API.removeHandler(listener);
            server.stop();
        }
        assertThat(lines)
                .contains(
                        "the configuration was changed over the API by 127.0.0.1:"
                                + " postgresql.parameters.ldap?forged,"
                                + " postgresql.parameters.work_mem, postgresql.pg_hba, ttl")
                .noneMatch(line -> line.contains("hush"));
    }
}
