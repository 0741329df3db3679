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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
    void aKeyThatNobodyKnowsIsDoubtedAndNotRefused() throws Exception {
        String json = "{\"synchronus_mode\":true}";
        assertThat(check(Map.of()).mistakes(json)).isEmpty();
        assertThat(check(Map.of()).doubts("{}", json))
                .containsExactly(
                        "synchronus_mode: unknown key, ignored; nearest known key:"
                                + " synchronous_mode");
    }

    @Test
    void timesThatDoNotFitAreNotRefused() throws Exception {
        assertThat(check(Map.of()).mistakes("{\"ttl\":20,\"loop_wait\":10,\"retry_timeout\":10}"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"ttl\":\"abc\"}|ttl is \"abc\", expected a number of seconds above zero",
                "{\"ttl\":0}|ttl is 0, expected a number of seconds above zero",
                "{\"loop_wait\":[]}|loop_wait is [], expected a number of seconds above zero",
                "{\"pause\":\"maybe\"}|pause is \"maybe\", expected true or false",
                "{\"synchronous_mode\":\"all\"}"
                        + "|synchronous_mode is \"all\", expected on, off or quorum",
                "{\"maximum_lag_on_failover\":\"1 Megabyte\"}"
                        + "|maximum_lag_on_failover is \"1 Megabyte\", expected a number of bytes",
                "{\"postgresql\":[]}|postgresql is [], expected an object",
                "{\"postgresql\":{\"use_slots\":7}}"
                        + "|postgresql.use_slots is 7, expected true or false",
                "{\"standby_cluster\":{\"host\":\"a\",\"port\":70000}}"
                        + "|standby_cluster.port is 70000, expected a port",
                "{\"standby_cluster\":{\"hots\":\"a\"}}"
                        + "|standby_cluster is {\"hots\":\"a\"}, expected an object with host, port"
                        + " or restore_command",
                "{\"slots\":{\"a b\":{\"type\":\"physical\"}}}"
                        + "|slots.a b is {\"type\":\"physical\"}, expected a name of up to 63 lower"
                        + " case letters, digits and underscores",
            })
    void aSettingThatWouldNotBeUsedAsItIsWrittenIsAMistake(String json, String mistake)
            throws Exception {
        assertThat(check(Map.of()).mistakes(json)).containsExactly(mistake);
    }

    @Test
    void whatWasWrongBeforeStandsInNobodysWay() throws Exception {
        assertThat(
                        check(Map.of("work_mem", "invalid value"))
                                .newMistakes(
                                        "{\"ttl\":\"abc\","
                                                + "\"postgresql\":{\"parameters\":{\"work_mem\":1}}}",
                                        "{\"ttl\":\"abc\",\"pause\":\"x\","
                                                + "\"postgresql\":{\"parameters\":{\"work_mem\":1}}}"))
                .containsExactly("pause is \"x\", expected true or false");
    }
}
