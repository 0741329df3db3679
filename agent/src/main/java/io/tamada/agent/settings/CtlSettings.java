package io.tamada.agent.settings;

import org.jspecify.annotations.Nullable;

/// How this agent shows itself to other members over TLS, and whom it believes: `ctl` in the file.
///
/// @param cacert PEM file of authorities; null means those of `restapi.cafile`.
/// @param certfile PEM file of a client certificate; null where it has none.
/// @param keyfile null where the key is in `certfile`.
public record CtlSettings(
        @Nullable String cacert,
        @Nullable String certfile,
        @Nullable String keyfile,
        @Nullable Secret keyfilePassword) {

    /// What else is there is for `patronictl` and our own commands.
    static CtlSettings read(Section section) {
        CtlSettings settings =
                new CtlSettings(
                        section.text("cacert"),
                        section.text("certfile"),
                        section.text("keyfile"),
                        section.secret("keyfile_password"));
        section.ignore("insecure", "auth", "authentication");
        section.warnAboutTheRest();
        return settings;
    }
}
