package io.tamada.rest.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

class CipherListTest {

    /// The example of Patroni's documentation.
    @Test
    void suitesAreKnownByTheirNamesInOpensslAndExclusionsTakeAway() throws Exception {
        CipherList list =
                CipherList.of(
                        "ECDHE-RSA-AES256-GCM-SHA384:DHE-RSA-AES256-GCM-SHA384:"
                                + "ECDHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES128-GCM-SHA256:"
                                + "!DHE-RSA-AES128-GCM-SHA256:!SSLv1:!SSLv2:!SSLv3:!TLSv1:!TLSv1.1");
        assertThat(list.suites())
                .containsExactly(
                        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
                        "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384",
                        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
        assertThat(list.unknown()).isEmpty();
        assertThat(SSLContext.getDefault().getSupportedSSLParameters().getCipherSuites())
                .containsAll(list.suites());
    }

    @Test
    void otherFamiliesHaveTheirNamesToo() throws Exception {
        List<String> suites =
                CipherList.of(
                                "ECDHE-ECDSA-CHACHA20-POLY1305, ECDHE-ECDSA-AES256-SHA384"
                                        + " ECDHE-RSA-AES128-SHA AES256-GCM-SHA384")
                        .suites();
        assertThat(suites)
                .containsExactly(
                        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
                        "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384",
                        "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
                        "TLS_RSA_WITH_AES_256_GCM_SHA384");
        assertThat(SSLContext.getDefault().getSupportedSSLParameters().getCipherSuites())
                .containsAll(suites.subList(0, 3));
    }

    @Test
    void groupsAreNotUnderstoodAndNamed() {
        CipherList list = CipherList.of("HIGH:ECDHE+AESGCM:!aNULL:@STRENGTH");
        assertThat(list.suites()).isEmpty();
        assertThat(list.unknown()).containsExactly("HIGH", "ECDHE+AESGCM", "@STRENGTH");
    }
}
