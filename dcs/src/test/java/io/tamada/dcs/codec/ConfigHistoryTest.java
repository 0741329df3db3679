package io.tamada.dcs.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.cluster.ConfigChange;
import io.tamada.core.cluster.ConfigChange.Author;
import io.tamada.core.cluster.ConfigChange.Setting;
import io.tamada.dcs.kv.Bytes;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConfigHistoryTest {

    private static final Author ALICE =
            new Author(
                    "alice@ops1",
                    "PATCH /config",
                    Instant.parse("2026-03-01T12:00:00Z").toEpochMilli());

    private static List<Setting> change(String before, String after) {
        return ConfigHistory.from(before).with(null, after, ALICE).changes().getLast().settings();
    }

    @Test
    void aChangeNamesWhoWhenAndEachSettingWithBothValues() {
        ConfigHistory history =
                ConfigHistory.from("{\"ttl\":30,\"postgresql\":{\"parameters\":{\"jit\":\"on\"}}}")
                        .with(
                                null,
                                "{\"ttl\":20,\"pause\":true,\"postgresql\":{\"parameters\":{}}}",
                                ALICE);
        ConfigChange change = history.changes().getFirst();
        assertThat(change.at()).isEqualTo("2026-03-01T12:00:00.000Z");
        assertThat(change.by()).isEqualTo("alice@ops1");
        assertThat(change.how()).isEqualTo("PATCH /config");
        assertThat(change.settings())
                .containsExactly(
                        new Setting("pause", null, "true"),
                        new Setting("postgresql.parameters.jit", "\"on\"", null),
                        new Setting("ttl", "30", "20"));
    }

    @Test
    void whatComesAndGoesAsAWholeIsOneSettingWhereItIsEmptyOrNoObject() {
        assertThat(change("{}", "{\"slots\":{}}"))
                .containsExactly(new Setting("slots", null, "{}"));
        assertThat(change("{\"slots\":{\"a\":null}}", "{\"slots\":{}}"))
                .containsExactly(new Setting("slots.a", "null", null));
        assertThat(change("{\"a\":{\"b\":1}}", "{\"a\":5}"))
                .containsExactly(new Setting("a", "{\"b\":1}", "5"));
        assertThat(change("{}", "{\"a\":{\"b\":[1,2]}}"))
                .containsExactly(new Setting("a.b", null, "[1,2]"));
    }

    @Test
    void theSameInAnotherOrderIsNoChange() {
        ConfigHistory history = ConfigHistory.from("{\"a\":1,\"b\":{\"c\":2,\"d\":3}}");
        assertThat(history.covers("{ \"b\": {\"d\":3, \"c\":2}, \"a\":1 }")).isTrue();
        assertThat(history.with(null, "{\"b\":{\"d\":3,\"c\":2},\"a\":1}", ALICE))
                .isSameAs(history);
        assertThat(history.covers("{\"a\":1,\"b\":{\"c\":2,\"d\":4}}")).isFalse();
    }

    @Test
    void noSecretIsKeptAnywhere() {
        ConfigHistory history =
                ConfigHistory.from("{}")
                        .with(
                                null,
                                """
                                {"postgresql":{
                                  "recovery_conf":{"primary_conninfo":"host=a password=hush1 user=b"},
                                  "parameters":{
                                    "archive_command":"PGPASSWORD=hush2 push --token hush3 %p",
                                    "restore_command":"curl https://u:hush4@store/%f -o %p",
                                    "x.api_key":"hush5",
                                    "password_encryption":"scram-sha-256"},
                                  "pg_hba":["host all all all ldap ldapbindpasswd=\\"hush 6\\" ldaptls=1"]}}
                                """,
                                new Author("me password=hush7", "x", ALICE.atEpochMillis()));
        assertThat(history.encode().text())
                .doesNotContain("hush")
                .contains("password=*** user=b")
                .contains("--token *** %p")
                .contains("https://u:***@store/%f")
                .contains("scram-sha-256")
                .contains("ldaptls=1");
    }

    @Test
    void aChangeOfASecretAloneIsNoticedAndNotShown() {
        ConfigHistory history =
                ConfigHistory.from("{\"a\":{\"password\":\"one\"}}")
                        .with(null, "{\"a\":{\"password\":\"two\"}}", ALICE);
        assertThat(history.changes().getLast().settings()).isEmpty();
        assertThat(history.covers("{\"a\":{\"password\":\"two\"}}")).isTrue();
    }

    @Test
    void itIsBounded() {
        ConfigHistory history = ConfigHistory.from("{}");
        for (int i = 0; i < ConfigHistory.KEPT + 5; i++) {
            history = history.with(null, "{\"ttl\":" + i + "}", ALICE);
        }
        assertThat(history.changes()).hasSize(ConfigHistory.KEPT);
        assertThat(history.changes().getLast().settings())
                .containsExactly(new Setting("ttl", "53", "54"));

        StringBuilder many = new StringBuilder("{\"long\":\"" + "x".repeat(20_000) + '"');
        for (int i = 0; i < 30; i++) {
            many.append(",\"n").append(i).append("\":1");
        }
        ConfigHistory large = ConfigHistory.from("{}").with(null, many + "}", ALICE);
        assertThat(large.changes().getLast().settings())
                .hasSize(ConfigHistory.MOST_SETTINGS + 1)
                .contains(new Setting("and 11 more", null, null));
        assertThat(large.encode().length()).isLessThan(2_000);
        assertThat(large.last()).isNull();
        assertThat(large.with(null, "{}", ALICE).changes().getLast().settings())
                .as("of a configuration that was too long to be kept")
                .containsExactly(new Setting("", null, null));
    }

    @Test
    void itSurvivesTheWayThereAndBack() {
        ConfigHistory history =
                ConfigHistory.from("{\"ttl\":30}")
                        .with(null, "{\"ttl\":20,\"x\":\"\\u00e9\\n\"}", ALICE)
                        .with(null, "{}", ALICE);
        assertThat(ConfigHistory.decode(history.encode())).isEqualTo(history);
        assertThat(ConfigHistory.decode(Bytes.utf8("[]"))).isNull();
        assertThat(ConfigHistory.decode(Bytes.utf8("{\"changes\":5}"))).isNull();
    }
}
