package io.tamada.agent.settings;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The REST API: `restapi` in the file.
///
/// @param listen `*` and `0.0.0.0` mean every address.
/// @param connectAddress what is published in the member key; `listen` when absent.
/// @param tls null without a certificate: plain HTTP.
/// @param authentication who may use unsafe verbs; null means everybody.
/// @param allowlist hosts, addresses or networks that may use unsafe verbs; empty means all.
/// @param httpExtraHeaders headers on every answer.
/// @param httpsExtraHeaders further headers where TLS is on.
public record RestSettings(
        HostPort listen,
        HostPort connectAddress,
        @Nullable Tls tls,
        @Nullable Credentials authentication,
        VerifyClient verifyClient,
        List<String> allowlist,
        boolean allowlistIncludesMembers,
        Map<String, String> httpExtraHeaders,
        Map<String, String> httpsExtraHeaders) {

    /// Whose client certificates are asked for.
    public enum VerifyClient {
        NONE,
        OPTIONAL,
        REQUIRED
    }

    /// Paths of PEM files.
    public record Tls(
            String certfile,
            @Nullable String keyfile,
            @Nullable Secret keyfilePassword,
            @Nullable String cafile,
            @Nullable String ciphers) {}

    /// A user and a password for basic authentication.
    public record Credentials(String username, Secret password) {}

    public RestSettings {
        allowlist = List.copyOf(allowlist);
        httpExtraHeaders = Collections.unmodifiableMap(new LinkedHashMap<>(httpExtraHeaders));
        httpsExtraHeaders = Collections.unmodifiableMap(new LinkedHashMap<>(httpsExtraHeaders));
    }
}
