package io.tamada.agent.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.agent.settings.AgentSettings;
import io.tamada.agent.settings.SettingsReader;
import io.tamada.agent.settings.SettingsResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerConfigCheckTest {

    private static final String WORK_MEM = "{\"postgresql\":{\"parameters\":{\"work_mem\":\"x\"}}}";

    @TempDir Path root;

    private ServerConfigCheck check(Map<String, String> refused) throws Exception {
        Path file = root.resolve("a.yml");
        Files.writeString(
                file,
                """
                scope: a
                name: b
                restapi: {listen: '127.0.0.1:8008', connect_address: '127.0.0.1:8008'}
                etcd3: {hosts: '127.0.0.1:2379'}
                postgresql:
                  listen: 127.0.0.1:5432
                  connect_address: 127.0.0.1:5432
                  data_dir: data
                  authentication: {replication: {username: r}}
                """);
        AgentSettings settings =
                ((SettingsResult.Loaded) SettingsReader.read(file, Map.of())).settings();
        return new ServerConfigCheck(() -> settings, _ -> new TreeMap<>(refused));
    }

    @Test
    void aValueThatTheServerRefusesIsAMistakeWithItsReason() throws Exception {
        assertThat(check(Map.of("work_mem", "invalid value")).mistakes(WORK_MEM))
                .containsExactly(
                        "postgresql.parameters.work_mem: PostgreSQL would not start with it:"
                                + " invalid value");
    }

    @Test
    void aNameThatThisServerDoesNotKnowIsNoMistake() throws Exception {
        assertThat(
                        check(Map.of("work_mem", "unrecognized configuration parameter"))
                                .mistakes(WORK_MEM))
                .isEmpty();
    }

    @Test
    void whatOnlyThisMembersFileSaysIsNotHeldAgainstTheCluster() throws Exception {
        assertThat(check(Map.of("work_mem", "invalid value")).mistakes("{\"ttl\":30}")).isEmpty();
    }

    @Test
    void timesThatDoNotFitAreNotRefused() throws Exception {
        assertThat(check(Map.of()).mistakes("{\"ttl\":20,\"loop_wait\":10,\"retry_timeout\":10}"))
                .isEmpty();
    }
}
