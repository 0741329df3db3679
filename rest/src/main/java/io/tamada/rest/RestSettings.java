package io.tamada.rest;

import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberTags;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// How the API is served, from the `restapi` part of the settings.
///
/// @param hosts addresses to listen on; an empty list means all.
/// @param port zero takes any free port (for tests).
/// @param tls null means plain HTTP.
/// @param extraHeaders `http_extra_headers`, and `https_extra_headers` merged over them where
///     TLS is on: sent with every answer.
/// @param login user and password of unsafe requests; null when none is asked for.
/// @param allowlist names, addresses and networks that may change something; empty means that
///     addresses are not looked at.
/// @param allowlistIncludesMembers whether members may as well.
/// @param productVersion Tamada's own version.
/// @param patroniVersion the Patroni version whose API and rules are spoken.
public record RestSettings(
        List<String> hosts,
        int port,
        @Nullable RestTls tls,
        SequencedMap<String, String> extraHeaders,
        @Nullable Login login,
        List<String> allowlist,
        boolean allowlistIncludesMembers,
        String scope,
        MemberName member,
        MemberTags tags,
        String productVersion,
        String patroniVersion) {

    /// Credentials of basic authentication; never printed.
    public record Login(String user, String password) {

        /// As they stand behind `Basic ` in a header (RFC 7617).
        public String encoded() {
            return Base64.getEncoder()
                    .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String toString() {
            return "Login[user=" + user + "]";
        }
    }

    public RestSettings {
        hosts = List.copyOf(hosts);
        allowlist = List.copyOf(allowlist);
        extraHeaders = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(extraHeaders));
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("a port is 0 to 65535, not " + port);
        }
    }
}
