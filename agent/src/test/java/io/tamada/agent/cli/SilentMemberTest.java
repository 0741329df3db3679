package io.tamada.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.tamada.agent.settings.StoreSettings;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberRole;
import io.tamada.core.member.MemberTags;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// An agent that was stopped: its kernel takes connections and what is sent, and nobody answers.
@Timeout(60)
class SilentMemberTest {

    @TempDir private Path directory;

    private final ServerSocket hung = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final HttpServer well =
            HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<String> said = new ArrayList<>();

    SilentMemberTest() throws IOException {}

    @BeforeEach
    void serve() {
        well.createContext(
                "/",
                exchange -> {
                    asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
                    if (exchange.getRequestURI().getPath().equals("/failover")) {
                        exchange.close();
                        return;
                    }
                    byte[] answer = "done".getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(200, answer.length);
                    exchange.getResponseBody().write(answer);
                    exchange.close();
                });
        well.start();
    }

    @AfterEach
    void stop() throws IOException {
        well.stop(0);
        hung.close();
    }

    private MemberApi api() throws Exception {
        Path file =
                Files.writeString(
                        directory.resolve("ctl.yml"), "scope: a\netcd3: {host: '127.0.0.1:1'}\n");
        return new MemberApi(
                ((StoreSettings.Result.Loaded) StoreSettings.read(file, null, Map.of())).settings(),
                Duration.ofSeconds(1));
    }

    private static Member member(String name, int port) {
        return Sights.member(name, MemberRole.REPLICA, "127.0.0.1:" + port, null, MemberTags.NONE);
    }

    private Member hungMember() {
        return member("a", hung.getLocalPort());
    }

    private Member wellMember() {
        return member("b", well.getAddress().getPort());
    }

    @Test
    void theNextMemberIsAskedWhereOneDoesNotAnswer() throws Exception {
        MemberApi.Answer answer =
                api().askAny(
                                List.of(hungMember(), wellMember()),
                                "PATCH",
                                "/config",
                                "{\"pause\":true}",
                                said::add);
        assertThat(answer).isEqualTo(new MemberApi.Answer(200, "done"));
        assertThat(said)
                .containsExactly(
                        "a does not answer: no answer within 1 s; it may be done all the same");
    }

    @Test
    void whatIsWaitedForLongIsNotSentToAMemberThatDoesNotAnswer() throws Exception {
        MemberApi.Answer answer = api().send(hungMember(), "POST", "/restart", "{}");
        assertThat(answer).isEqualTo(new MemberApi.Answer(0, "no answer within 1 s"));

        assertThat(api().send(wellMember(), "POST", "/restart", "{}").isGood()).isTrue();
        assertThat(asked).containsExactly("GET /liveness", "POST /restart");
    }

    @Test
    void whatMayHaveBeenDoneIsAskedOfNobodyElse() throws Exception {
        MemberApi.Answer answer =
                api().askAny(
                                List.of(hungMember(), wellMember(), wellMember()),
                                "POST",
                                "/failover",
                                "{}",
                                said::add);
        assertThat(answer.status()).isZero();
        assertThat(answer.mayBeDone()).isTrue();
        assertThat(asked).containsExactly("GET /liveness", "POST /failover");
    }
}
