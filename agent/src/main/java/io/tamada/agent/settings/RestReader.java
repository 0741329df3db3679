package io.tamada.agent.settings;

import io.tamada.rest.tls.CipherList;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads `restapi`.
final class RestReader {

    private RestReader() {}

    static RestSettings read(Section section) {
        HostPort listen = Addresses.required(section, "listen", 0);
        HostPort connect = Addresses.optional(section, "connect_address", listen.port());
        warnAboutWildcard(section, connect);
        RestSettings settings =
                new RestSettings(
                        listen,
                        connect == null ? listen : connect,
                        tls(section),
                        credentials(section),
                        RestSettings.VerifyClient.valueOf(
                                section.choice(
                                                "verify_client",
                                                "none",
                                                "none",
                                                "optional",
                                                "required")
                                        .toUpperCase(Locale.ROOT)),
                        section.texts("allowlist"),
                        section.flag("allowlist_include_members", false),
                        headers(section, "http_extra_headers"),
                        headers(section, "https_extra_headers"));
        needsAuthorities(section, settings);
        section.ignore("request_queue_size", "server_tokens", "thread_pool_size");
        section.warnAboutTheRest();
        return settings;
    }

    /// Publishing "every address" works on one host only, by accident.
    static void warnAboutWildcard(Section section, @Nullable HostPort connect) {
        YamlValue value = section.value("connect_address");
        if (connect != null && value != null && connect.host().matches("\\*|0\\.0\\.0\\.0|::")) {
            section.problems()
                    .warning(
                            value.origin(),
                            section.key("connect_address"),
                            "'"
                                    + connect.host()
                                    + "' is no address that other members can connect to");
        }
    }

    private static RestSettings.@Nullable Tls tls(Section section) {
        String certfile = section.text("certfile");
        String keyfile = section.text("keyfile");
        Secret password = section.secret("keyfile_password");
        String cafile = section.text("cafile");
        String ciphers = section.text("ciphers");
        checkCiphers(section, ciphers);
        if (certfile == null || certfile.isEmpty()) {
            YamlValue key = section.value("keyfile");
            if (key != null) {
                section.problems()
                        .warning(
                                key.origin(),
                                section.key("keyfile"),
                                "has no effect without restapi.certfile");
            }
            return null;
        }
        return new RestSettings.Tls(certfile, keyfile, password, cafile, ciphers);
    }

    private static void checkCiphers(Section section, @Nullable String ciphers) {
        YamlValue value = section.value("ciphers");
        if (ciphers == null || value == null) {
            return;
        }
        CipherList list = CipherList.of(ciphers);
        if (!list.unknown().isEmpty() || list.suites().isEmpty()) {
            section.problems()
                    .warning(
                            value.origin(),
                            section.key("ciphers"),
                            (list.unknown().isEmpty()
                                            ? "it names no suite"
                                            : "not understood: "
                                                    + String.join(", ", list.unknown()))
                                    + "; expected suites by their names, such as"
                                    + " ECDHE-RSA-AES256-GCM-SHA384"
                                    + (list.suites().isEmpty()
                                            ? "; the JVM's own choice is used"
                                            : ""));
        }
    }

    private static RestSettings.@Nullable Credentials credentials(Section section) {
        if (!section.has("authentication")) {
            return null;
        }
        Section inner = section.section("authentication");
        String username = inner.requiredText("username", "a user name");
        Secret password = inner.secret("password");
        if (!inner.has("password")) {
            inner.missing("password", "a password");
        }
        inner.warnAboutTheRest();
        return new RestSettings.Credentials(username, password == null ? new Secret("") : password);
    }

    /// A client certificate cannot be verified without authorities, so nobody could be let in.
    private static void needsAuthorities(Section section, RestSettings settings) {
        YamlValue verify = section.value("verify_client");
        if (verify == null || settings.verifyClient() == RestSettings.VerifyClient.NONE) {
            return;
        }
        if (settings.tls() == null) {
            section.missing("certfile", "a certificate, because restapi.verify_client is set");
        } else if (settings.tls().cafile() == null) {
            section.missing("cafile", "a file of authorities, because verify_client is set");
        }
    }

    private static Map<String, String> headers(Section section, String name) {
        Map<String, String> headers = new LinkedHashMap<>();
        section.scalars(name).forEach((key, value) -> headers.put(key, value.text()));
        return headers;
    }
}
