package io.tamada.agent.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.agent.settings.AgentSettings;
import io.tamada.agent.settings.SettingsReader;
import io.tamada.agent.settings.SettingsResult;
import io.tamada.rest.peer.PeerTls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which certificate an agent shows to the other members, and whom it believes.
class PeerTlsMappingTest {

    private static final String OWN =
            "certfile: /rest.crt, keyfile: /rest.key, cafile: /rest.ca, verify_client: ";

    @TempDir Path root;

    private PeerTls peers(String restapi, String ctl) throws Exception {
        return peers(restapi, ctl, Map.of());
    }

    private PeerTls peers(String restapi, String ctl, Map<String, String> environment)
            throws Exception {
        Path file = root.resolve("a.yml");
        Files.writeString(
                file,
                """
                scope: a
                name: b
                restapi: {listen: '127.0.0.1:8008', %s}
                ctl: {%s}
                etcd3: {hosts: '127.0.0.1:2379'}
                postgresql:
                  listen: 127.0.0.1:5432
                  data_dir: /data
                  authentication: {replication: {username: r, password: s}}
                """
                        .formatted(restapi, ctl));
        SettingsResult result = SettingsReader.read(file, environment);
        AgentSettings settings = ((SettingsResult.Loaded) result).settings();
        return SettingsMapping.peers(settings);
    }

    @Test
    void withoutTlsNothingIsShownAndNobodyIsVerified() throws Exception {
        assertThat(peers("", "")).isEqualTo(PeerTls.UNVERIFIED);
    }

    @Test
    void theCertificateOfCtlIsShown() throws Exception {
        assertThat(peers(OWN + "required", "certfile: /c.crt, keyfile: /c.key, cacert: /c.ca"))
                .isEqualTo(
                        new PeerTls(Path.of("/c.ca"), Path.of("/c.crt"), Path.of("/c.key"), null));
        assertThat(
                        peers(
                                OWN + "required",
                                "",
                                Map.of(
                                        "PATRONI_CTL_CERTFILE", "/e.crt",
                                        "PATRONI_CTL_KEYFILE", "/e.key",
                                        "PATRONI_CTL_INSECURE", "on")))
                .isEqualTo(
                        new PeerTls(
                                Path.of("/rest.ca"), Path.of("/e.crt"), Path.of("/e.key"), null));
    }

    @Test
    void whereOneIsRequiredTheApisOwnIsShownRatherThanNone() throws Exception {
        assertThat(peers(OWN + "required", ""))
                .isEqualTo(
                        new PeerTls(
                                Path.of("/rest.ca"),
                                Path.of("/rest.crt"),
                                Path.of("/rest.key"),
                                null));
        assertThat(peers(OWN + "optional", "").certificateFile()).isNull();
    }
}
