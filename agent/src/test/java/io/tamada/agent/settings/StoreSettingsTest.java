package io.tamada.agent.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class StoreSettingsTest {

    private static StoreSettings at(String url) {
        var result = StoreSettings.read(null, url, Map.of("PATRONI_SCOPE", "a"));
        assertThat(result).as(url).isInstanceOf(StoreSettings.Result.Loaded.class);
        return ((StoreSettings.Result.Loaded) result).settings();
    }

    private static String address(String url) {
        return at(url).etcd3().hosts().getFirst().toString();
    }

    @Test
    void theStoreMayBeGivenInEachOfPatronictlsForms() {
        assertThat(address("h:2380")).isEqualTo("h:2380");
        assertThat(address("h")).isEqualTo("h:2379");
        assertThat(address("etcd3://h:2380")).isEqualTo("h:2380");
        assertThat(address("etcd://h")).isEqualTo("h:2379");
        assertThat(address("etcd3://:2399")).isEqualTo("localhost:2399");
        assertThat(address("[::1]:2380")).contains("::1").endsWith(":2380");
    }

    @Test
    void aNamespaceMayFollowTheAddress() {
        assertThat(at("etcd3://h:2380/other/").namespace()).isEqualTo("other");
        assertThat(at("h:2380/").namespace()).isEqualTo("service");
    }

    @Test
    void theLoginOfCommandsMayComeFromTheEnvironment() {
        var result =
                StoreSettings.read(
                        null,
                        "h",
                        Map.of(
                                "PATRONI_CTL_USERNAME", "alice",
                                "PATRONI_CTL_PASSWORD", "hush",
                                "PATRONI_RESTAPI_USERNAME", "bob",
                                "PATRONI_RESTAPI_PASSWORD", "other"));
        assertThat(result).isInstanceOf(StoreSettings.Result.Loaded.class);
        assertThat(((StoreSettings.Result.Loaded) result).settings().authentication())
                .isEqualTo(new RestSettings.Credentials("alice", new Secret("hush")));
    }

    @Test
    void anotherKindOfStoreIsRefused() {
        assertThat(StoreSettings.read(null, "consul://h:8500", Map.of()))
                .isInstanceOfSatisfying(
                        StoreSettings.Result.Refused.class,
                        refused ->
                                assertThat(refused.errors())
                                        .anyMatch(
                                                line ->
                                                        line.contains("consul://h:8500")
                                                                && line.contains("etcd3://")));
    }
}
