package io.tamada.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.agent.settings.StoreSettings;
import io.tamada.core.member.MemberRole;
import io.tamada.core.member.MemberTags;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Why a member does not answer is told in words.
class MemberSilenceTest {

    @TempDir Path directory;

    private String silenceOf(String address) throws Exception {
        Path file =
                Files.writeString(
                        directory.resolve("ctl.yml"), "scope: a\netcd3: {host: '127.0.0.1:1'}\n");
        var read = StoreSettings.read(file, null, Map.of());
        assertThat(read).isInstanceOf(StoreSettings.Result.Loaded.class);
        MemberApi api = new MemberApi(((StoreSettings.Result.Loaded) read).settings());
        return api.get(
                        Sights.member("a", MemberRole.PRIMARY, address, null, MemberTags.NONE),
                        "/why")
                .text();
    }

    @Test
    void nobodyListensThere() throws Exception {
        int port;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = taken.getLocalPort();
        }
        assertThat(silenceOf("127.0.0.1:" + port)).isEqualTo("connection refused");
    }

    @Test
    void thereIsNoSuchHost() throws Exception {
        assertThat(silenceOf("nowhere.invalid:5432")).isEqualTo("its host name is not known");
    }

    @Test
    void itTakesTooLong() {
        assertThat(
                        MemberApi.words(
                                new HttpTimeoutException("request timed out"),
                                Duration.ofSeconds(10)))
                .isEqualTo("no answer within 10 s");
        assertThat(MemberApi.words(new IOException(), Duration.ofSeconds(10)))
                .isEqualTo("no answer");
    }
}
