package io.tamada.haproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class HaproxyConfigTest {

    private static final List<ProxyMember> THREE =
            List.of(
                    new ProxyMember("node1", "10.0.0.1", 5432, 8008),
                    new ProxyMember("node2", "10.0.0.2", 5432, 8008),
                    new ProxyMember("node3", "10.0.0.3", 5432, 8008));

    record Variant(String name, ProxySettings settings, ProxySlots slots) {
        @Override
        public String toString() {
            return name;
        }
    }

    @Test
    void threeMembersRenderAsTheGoldenFile() throws IOException {
        String rendered = HaproxyConfig.render(ProxySettings.defaults(), ProxySlots.of(THREE, 8));

        assertThat(rendered).isEqualTo(golden("three-members.cfg"));
    }

    static Stream<Variant> variants() {
        ProxySettings defaults = ProxySettings.defaults();
        var gap = new TreeMap<>(ProxySlots.of(THREE, 8).taken());
        gap.remove(2);
        return Stream.of(
                new Variant("three members", defaults, ProxySlots.of(THREE, 8)),
                new Variant("nobody yet", defaults, ProxySlots.of(List.of(), 8)),
                new Variant("one free slot in between", defaults, new ProxySlots(3, gap)),
                new Variant("no free slot", defaults.withSlots(3), ProxySlots.of(THREE, 3)),
                new Variant(
                        "an IPv6 member and a name that does not resolve",
                        defaults,
                        ProxySlots.of(
                                List.of(
                                        new ProxyMember("six", "fd00::5", 5432, 8008),
                                        new ProxyMember("named", "pg.invalid", 5432, 8008)),
                                8)),
                new Variant(
                        "round robin, GET with a password",
                        defaults.withReads(ReadBalance.ROUND_ROBIN)
                                .withCheck(
                                        new RestCheck(
                                                RestCheck.Method.GET,
                                                new RestCheck.Transport.Plain(),
                                                new RestCheck.Credentials("probe", "s e\"c\\ret"))),
                        ProxySlots.of(THREE, 8)),
                new Variant(
                        "https, not verified",
                        defaults.withCheck(overTls(null)),
                        ProxySlots.of(THREE, 8)),
                new Variant(
                        "https, verified",
                        defaults.withCheck(overTls(Path.of("/etc/ssl/certs/ca-certificates.crt"))),
                        ProxySlots.of(THREE, 8)),
                new Variant(
                        "one address, other ports",
                        defaults.withListen(new ProxySettings.Listen("127.0.0.1", 6000, 6001, 6002))
                                .withOldWorkerLife(Duration.ofMillis(2_500)),
                        ProxySlots.of(THREE, 8)));
    }

    @ParameterizedTest
    @MethodSource("variants")
    void haproxyAcceptsItWithoutAWarning(Variant variant) throws Exception {
        String configuration = HaproxyConfig.render(variant.settings(), variant.slots());

        HaproxyBinary.Verdict verdict = HaproxyBinary.check(configuration);

        assertThat(verdict.exitCode()).as("%s%n%s", verdict.output(), configuration).isZero();
        String complaints =
                verdict.output()
                        // The one thing that HAProxy must say: a name it could not resolve.
                        .lines()
                        .filter(line -> !line.contains("could not resolve address 'pg.invalid'"))
                        .filter(line -> line.contains("WARNING") || line.contains("ALERT"))
                        .toList()
                        .toString();
        assertThat(complaints).isEqualTo("[]");
    }

    @Test
    void moreMembersThanSlotsMakeMoreSlots() {
        String rendered =
                HaproxyConfig.render(
                        ProxySettings.defaults().withSlots(2), ProxySlots.of(THREE, 2));

        assertThat(rendered).contains("server member3 10.0.0.3:5432 port 8008");
        assertThat(rendered).doesNotContain("server-template");
    }

    @Test
    void aHostThatWouldBreakTheFileIsRefused() {
        assertThatThrownBy(() -> new ProxyMember("n", "10.0.0.1 backup\n", 5432, 8008))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("neither a name nor an address");
        assertThatThrownBy(() -> new ProxyMember("n\nserver evil", "10.0.0.1", 5432, 8008))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ProxyMember("n", "10.0.0.1", 0, 8008))
                .hasMessage("member n: PostgreSQL port 0 is not between 1 and 65535");
    }

    @Test
    void onlyRealAddressesCountAsLiteral() {
        assertThat(new ProxyMember("n", "10.0.0.1", 1, 1).hasLiteralAddress()).isTrue();
        assertThat(new ProxyMember("n", "::1", 1, 1).hasLiteralAddress()).isTrue();
        assertThat(new ProxyMember("n", "10.0.0.256", 1, 1).hasLiteralAddress()).isFalse();
        assertThat(new ProxyMember("n", "pg1", 1, 1).hasLiteralAddress()).isFalse();
    }

    @Test
    void aSocketPathTooLongForTheKernelIsRefused() {
        assertThatThrownBy(
                        () ->
                                ProxySettings.defaults()
                                        .withRuntimeSocket(Path.of("/tmp/" + "x".repeat(100))))
                .hasMessageContaining("at most 97 fit");
    }

    private static RestCheck overTls(@org.jspecify.annotations.Nullable Path caFile) {
        return new RestCheck(RestCheck.Method.OPTIONS, new RestCheck.Transport.Tls(caFile), null);
    }

    private static String golden(String name) throws IOException {
        try (var in = HaproxyConfigTest.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("no such resource: " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
