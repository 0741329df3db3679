package io.tamada.agent.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsMistakesTest {

    private static List<String> errorsWith(String addition) {
        return SettingsText.errors(SettingsText.LEAST + addition);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    name: node-a | name: [a] | CONFIG.yml:2: name: found a list
                    name: node-a | name: on | CONFIG.yml:2: name: found the boolean true
                    name: node-a | name: 0600 | CONFIG.yml:2: name: found 0600
                    name: node-a | name: a/b | CONFIG.yml:2: name: found 'a/b'
                    scope: shop | scope: ~ | CONFIG.yml:1: scope: found nothing
                    127.0.0.1:8008 | 127.0.0.1 | CONFIG.yml:4: restapi.listen: found '127.0.0.1'
                    127.0.0.1:8008 | a:b | CONFIG.yml:4: restapi.listen: found 'a:b'
                    127.0.0.1:8008 | 'a:65536' | CONFIG.yml:4: restapi.listen: found 'a:65536'
                    127.0.0.1:8008 | 'a:0' | CONFIG.yml:4: restapi.listen: found 'a:0'
                    10.0.0.1:2379 | ['x y'] | CONFIG.yml:6: etcd3.hosts: found 'x y'
                    10.0.0.1:2379 | {} | CONFIG.yml:6: etcd3.hosts: found a mapping
                    127.0.0.1:5432 | 'a,b c:1' | CONFIG.yml:8: postgresql.listen: found 'a,b c:1'
                    data_dir: data/a | data_dir: | CONFIG.yml:9: postgresql.data_dir: found nothing
                    username: replicator | user: x | postgresql.authentication.replication.username
                    """)
    void aWrongValueIsNamedWithItsLineAndKey(String good, String bad, String expected) {
        List<String> errors = SettingsText.errors(SettingsText.LEAST.replace(good, bad));

        assertThat(errors).singleElement().asString().contains(expected).contains(", expected ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    bootstrap: {dcs: {ttl: long}} | bootstrap.dcs.ttl: found 'long'
                    bootstrap: {dcs: {ttl: -5}} | bootstrap.dcs.ttl: found -5
                    bootstrap: {dcs: {loop_wait: 1.5}} | bootstrap.dcs.loop_wait: found 1.5
                    bootstrap: {dcs: [1]} | bootstrap.dcs: found a list
                    bootstrap: {dcs: {maximum_lag_on_failover: 1 Mb}} | found '1 Mb'
                    bootstrap: {dcs: {member_slots_ttl: soon}} | bootstrap.dcs.member_slots_ttl
                    bootstrap: {dcs: {slots: {a: yes}}} | bootstrap.dcs.slots.a: found
                    bootstrap: {dcs: {slots: {a: {type: x}}}} | slots.a.type: found 'x'
                    bootstrap: {dcs: {slots: {a: {type: logical}}}} | slots.a.database: found nothing
                    bootstrap: {dcs: {ignore_slots: {name: a}}} | bootstrap.dcs.ignore_slots: found
                    bootstrap: {dcs: {tamada: {storage_timeout: soon}}} | tamada.storage_timeout
                    bootstrap: {dcs: {tamada: {slot_wal_budget: 0%}}} | tamada.slot_wal_budget
                    bootstrap: {dcs: {postgresql: {parameters: {max_connections: many}}}} | 'many'
                    bootstrap: {dcs: {postgresql: {parameters: {'a b': 1}}}} | found this name
                    bootstrap: {initdb: data-checksums} | bootstrap.initdb: found 'data-checksums'
                    bootstrap: {initdb: [--encoding]} | bootstrap.initdb: found '--encoding'
                    bootstrap: {users: {u: {options: ["x; DROP"]}}} | bootstrap.users.u.options
                    tags: {clonefrom: perhaps} | tags.clonefrom: found 'perhaps'
                    tags: {failover_priority: high} | tags.failover_priority: found 'high'
                    tags: {a: [1]} | tags.a: found a list
                    watchdog: {mode: sometimes} | watchdog.mode: found 'sometimes'
                    tamada: {guard: perhaps} | tamada.guard: found 'perhaps'
                    log: {level: LOUD} | log.level: found 'LOUD'
                    log: {format: plain} | log.format: found 'plain'
                    log: {mode: 0999} | log.mode: found '0999'
                    log: {max_queue_size: 0} | log.max_queue_size: found 0
                    """)
    void aWrongValueInAFurtherSectionIsNamedToo(String addition, String expected) {
        assertThat(errorsWith(addition))
                .singleElement()
                .asString()
                .startsWith("CONFIG.yml:14: ")
                .contains(expected)
                .contains(", expected ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    bootstrap: {dcs: {pause: true}} | bootstrap.dcs.pause
                    citus: {group: 0, database: x} | citus
                    """)
    void whatDecidesWhoMayLeadAndIsNotBuiltIsRefused(String addition, String key) {
        assertThat(errorsWith(addition))
                .singleElement()
                .asString()
                .startsWith("CONFIG.yml:14: " + key + ": ")
                .contains("not built yet");
    }

    @ParameterizedTest
    @ValueSource(strings = {"consul: {host: a}", "etcd: {host: a}", "kubernetes: {labels: {}}"})
    void anotherStoreIsRefusedByName(String store) {
        String yaml = SettingsText.LEAST.replace("etcd3:\n  hosts: 10.0.0.1:2379", store);

        assertThat(SettingsText.errors(yaml))
                .singleElement()
                .asString()
                .startsWith("CONFIG.yml:5: " + store.substring(0, store.indexOf(":")))
                .contains("etcd with its v3 API");
    }

    @ParameterizedTest
    @ValueSource(strings = {"url: ftp://user:hidden@a:1", "proxy: 'http://us er:hidden@a'"})
    void aUrlOfEtcdThatIsNoneIsRefusedWithoutShowingIt(String way) {
        String yaml = SettingsText.LEAST.replace("hosts: 10.0.0.1:2379", way);

        assertThat(SettingsText.errors(yaml))
                .singleElement()
                .asString()
                .startsWith("CONFIG.yml:6: etcd3." + way.substring(0, way.indexOf(":")))
                .contains("http://host:port")
                .doesNotContain("hidden");
    }

    @Test
    void theServersProgramKeepsTheNameThatFencingKnows() {
        String yaml = SettingsText.LEAST + "  bin_name: {postgres: edb-postgres}\n";

        assertThat(SettingsText.errors(yaml))
                .singleElement()
                .asString()
                .contains("postgresql.bin_name.postgres")
                .contains("edb-postgres")
                .contains("fenced");
    }

    @Test
    void aGroupOfCiphersIsSaidNotToCount() {
        String yaml =
                SettingsText.LEAST.replace(
                        "  listen: 127.0.0.1:8008\n",
                        "  listen: 127.0.0.1:8008\n  ciphers: HIGH:!aNULL\n");

        assertThat(SettingsText.warnings(yaml))
                .singleElement()
                .asString()
                .contains("restapi.ciphers")
                .contains("HIGH")
                .contains("the JVM's own choice is used");
    }

    @ParameterizedTest
    @ValueSource(strings = {"srv: example.org", "srv_suffix: foo"})
    void anotherWayToFindEtcdIsRefusedWithoutShowingIt(String way) {
        String yaml = SettingsText.LEAST.replace("hosts: 10.0.0.1:2379", way);

        assertThat(SettingsText.errors(yaml))
                .singleElement()
                .asString()
                .startsWith("CONFIG.yml:6: etcd3." + way.substring(0, way.indexOf(":")))
                .contains("etcd3.hosts")
                .doesNotContain("hidden");
    }

    @Test
    void allMistakesAreReportedAtOnceInTheOrderOfTheFile() {
        String yaml =
                SettingsText.LEAST
                                .replace("name: node-a", "name:")
                                .replace("127.0.0.1:8008", "x")
                                .replace("10.0.0.1:2379", "'y z'")
                        + "tags: 5\n";

        assertThat(SettingsText.errors(yaml))
                .extracting(line -> line.replaceAll("CONFIG.yml:(\\d+):.*", "$1"))
                .containsExactly("2", "4", "6", "14");
    }

    @Test
    void anUnknownKeyIsAWarningWithTheNearestKnownOne() {
        String yaml =
                SettingsText.LEAST.replace("  data_dir: data/a", "  data_dir: a\n  bin_dri: /x")
                        + "xyzzyqwertyuiop: 1\n";

        assertThat(SettingsText.errors(yaml)).isEmpty();
        assertThat(SettingsText.warnings(yaml))
                .containsExactly(
                        "CONFIG.yml:10: postgresql.bin_dri: unknown key, ignored; nearest known"
                                + " key: postgresql.bin_dir",
                        "CONFIG.yml:15: xyzzyqwertyuiop: unknown key, ignored");
    }

    @Test
    void bytesMayHaveAUnit() {
        String yaml =
                SettingsText.LEAST
                        + "bootstrap: {dcs: {maximum_lag_on_failover: 1GB,"
                        + " maximum_lag_on_syncnode: -1, tamada: {rebuild_lag: 16 MB}}}\n";

        assertThat(SettingsText.errors(yaml)).isEmpty();
        assertThat(SettingsText.warnings(yaml)).isEmpty();
    }

    @Test
    void aDirectoryWithoutTheProgramsIsMentioned() {
        String yaml =
                SettingsText.LEAST.replace(
                        "  data_dir:", "  bin_dir: /nonexistent/bin\n  data_dir:");

        assertThat(SettingsText.errors(yaml)).isEmpty();
        assertThat(SettingsText.warnings(yaml))
                .singleElement()
                .asString()
                .startsWith(
                        "CONFIG.yml:9: postgresql.bin_dir: found no program postgres in"
                                + " /nonexistent/bin on this machine; expected");
    }

    @Test
    void aKeyWrittenTwiceIsAnErrorWithBothLines() {
        assertThat(errorsWith("name: other\n"))
                .containsExactly(
                        "CONFIG.yml:14: name: found the key a second time (first on line 2),"
                                + " expected each key once");
    }

    @Test
    void aTabIsCalledATab() {
        assertThat(SettingsText.errors("scope: a\nrestapi:\n\tlisten: b\n"))
                .containsExactly(
                        "CONFIG.yml:3: found a tab in the indentation, expected spaces (YAML does"
                                + " not allow tabs)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a: [1\npassword: hidden-secret\n",
                "a: {b\n",
                "a: 'x\n",
                "a: b: c\n",
                "- 1\n",
                "just text\n",
                "? [a]\n: b\n",
                "a: *nobody\n"
            })
    void whatIsNotAMappingIsOneErrorWithALineAndWithoutTheText(String yaml) {
        assertThat(SettingsText.errors(yaml))
                .isNotEmpty()
                .allMatch(line -> line.matches("CONFIG.yml:\\d+: .*found .*, expected .*"))
                .noneMatch(line -> line.contains("hidden-secret"));
    }

    @Test
    void aSecretIsNotShownWhenItIsWrong() {
        List<String> errors =
                SettingsText.errors(
                        SettingsText.LEAST.replace("password: rep-secret", "password: 0777"));

        assertThat(errors).singleElement().asString().contains("found a number");
        assertThat(errors.getFirst()).doesNotContain("777");
    }

    @Test
    void aSlotWhoseNamePostgresRefusesIsWarnedAboutAndALogicalOneIsNot() {
        String slots = "bootstrap: {dcs: {slots: {A-b: {}, f: {database: d, plugin: p}}}}\n";
        assertThat(SettingsText.warnings(SettingsText.LEAST + slots))
                .singleElement()
                .asString()
                .contains("dcs.slots.A-b: there will be no such slot");
    }

    @Test
    void theRuleOfTheLeaseIsWarnedAboutWithItsArithmetic() {
        assertThat(SettingsText.warnings(SettingsText.LEAST + "bootstrap: {dcs: {ttl: 20}}\n"))
                .singleElement()
                .asString()
                .contains("20 < 10 + 2 * 10 = 30");
    }

    @Test
    void aMissingFileIsNamed(@TempDir Path directory) {
        assertThat(SettingsReader.read(directory.resolve("no.yml"), Map.of()))
                .isInstanceOfSatisfying(
                        SettingsResult.Refused.class,
                        refused ->
                                assertThat(refused.errors())
                                        .singleElement()
                                        .asString()
                                        .contains("no.yml: found no such file"));
    }

    @Test
    void bytesThatAreNotTextAreNamed(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("x.yml");
        Files.write(file, new byte[] {'a', ':', ' ', (byte) 0xff, (byte) 0xfe});

        assertThat(SettingsReader.read(file, Map.of()))
                .isInstanceOfSatisfying(
                        SettingsResult.Refused.class,
                        refused ->
                                assertThat(refused.errors())
                                        .singleElement()
                                        .asString()
                                        .contains("expected UTF-8"));
    }

    @Test
    void anAliasThatMultipliesItselfDoesNotFillTheMemory() {
        StringBuilder yaml = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 12; i++) {
            String before = "*a" + (i - 1);
            yaml.append("a" + i + ": &a" + i + " [" + (before + ", ").repeat(9) + before + "]\n");
        }

        assertThat(SettingsText.errors(yaml.toString())).isNotEmpty();
    }
}
