package io.tamada.agent.settings;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// `etcd3.url` and `etcd3.proxy`, as Patroni takes them.
class EtcdReaderTest {

    private static Etcd3Settings etcd(String lines) {
        return SettingsText.loaded(SettingsText.LEAST.replace("  hosts: 10.0.0.1:2379\n", lines))
                .etcd3();
    }

    @Test
    void aUrlNamesProtocolEndpointAndUser() {
        Etcd3Settings etcd = etcd("  url: https://root:hush@etcd.example.org:2479\n");
        assertThat(etcd.protocol()).isEqualTo(Etcd3Settings.Protocol.HTTPS);
        assertThat(etcd.hosts()).containsExactly(new HostPort("etcd.example.org", 2479));
        assertThat(etcd.username()).isEqualTo("root");
        assertThat(etcd.password()).isEqualTo(new Secret("hush"));
    }

    @Test
    void itCountsBeforeHostsAndTheProxyBeforeIt() {
        String hosts = "  hosts: [10.0.0.1:2379, 10.0.0.2:2379]\n  username: u\n  password: p\n";
        Etcd3Settings byUrl = etcd(hosts + "  url: http://[::1]\n");
        assertThat(byUrl.hosts()).containsExactly(new HostPort("::1", 2379));
        assertThat(byUrl.protocol()).isEqualTo(Etcd3Settings.Protocol.HTTP);
        assertThat(byUrl.username()).isEqualTo("u");
        assertThat(etcd(hosts + "  url: http://a:1\n  proxy: https://b:2\n").hosts())
                .containsExactly(new HostPort("b", 2));
    }

    @Test
    void anotherAddressForACommandCountsBeforeTheUrl() {
        var result =
                StoreSettings.read(
                        null,
                        "other:2400",
                        java.util.Map.of(
                                "PATRONI_SCOPE", "a", "PATRONI_ETCD3_URL", "http://first:2379"));
        assertThat(result).isInstanceOf(StoreSettings.Result.Loaded.class);
        assertThat(((StoreSettings.Result.Loaded) result).settings().etcd3().hosts())
                .containsExactly(new HostPort("other", 2400));
    }
}
