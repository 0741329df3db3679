package io.tamada.rest.tls;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A list of cipher suites as OpenSSL takes it (`man openssl-ciphers`), in the names of the JVM
/// (RFC 5246, 5289, 7905). Suites named one by one are understood, and what is excluded; groups
/// such as `HIGH` are not.
///
/// @param suites of TLS 1.2, the preferred ones first.
/// @param unknown what was not understood.
public record CipherList(List<String> suites, List<String> unknown) {

    /// Not part of such a list in OpenSSL either.
    public static final List<String> TLS_1_3 =
            List.of(
                    "TLS_AES_256_GCM_SHA384",
                    "TLS_AES_128_GCM_SHA256",
                    "TLS_CHACHA20_POLY1305_SHA256");

    private static final Pattern AES =
            Pattern.compile(
                    "(?:(ECDHE|DHE)-(RSA|ECDSA|DSS)-)?AES(128|256)-(?:(GCM)-)?(SHA|SHA256|SHA384)");
    private static final Pattern CHACHA =
            Pattern.compile("(ECDHE|DHE)-(RSA|ECDSA)-CHACHA20-POLY1305");

    public CipherList {
        suites = List.copyOf(suites);
        unknown = List.copyOf(unknown);
    }

    public static CipherList of(String openssl) {
        List<String> suites = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        List<String> excluded = new ArrayList<>();
        for (String word : openssl.strip().split("[:, ]+", -1)) {
            if (word.startsWith("!") || word.startsWith("-")) {
                // A group that is excluded has nothing that was not named.
                excluded.add(suite(word.substring(1)));
            } else if (!word.isEmpty()) {
                String suite = suite(word);
                (suite.isEmpty() ? unknown : suites).add(suite.isEmpty() ? word : suite);
            }
        }
        suites.removeAll(excluded);
        return new CipherList(suites, unknown);
    }

    /// Empty for what is no single suite.
    private static String suite(String word) {
        if (word.startsWith("TLS_")) {
            return word;
        }
        Matcher aes = AES.matcher(word);
        if (aes.matches()) {
            String exchange = aes.group(1) == null ? "RSA" : aes.group(1) + "_" + aes.group(2);
            String mode = aes.group(4) == null ? "CBC" : "GCM";
            return "TLS_"
                    + exchange
                    + "_WITH_AES_"
                    + aes.group(3)
                    + "_"
                    + mode
                    + "_"
                    + aes.group(5);
        }
        Matcher chacha = CHACHA.matcher(word);
        return chacha.matches()
                ? "TLS_%s_%s_WITH_CHACHA20_POLY1305_SHA256"
                        .formatted(chacha.group(1), chacha.group(2))
                : "";
    }
}
