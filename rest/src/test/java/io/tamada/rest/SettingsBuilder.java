package io.tamada.rest;

import org.jspecify.annotations.Nullable;

/// The settings of a world with another port or with TLS.
final class SettingsBuilder {

    private final RestSettings base;
    private int port;
    private @Nullable RestTls tls;

    SettingsBuilder(World world) {
        base = world.settings();
    }

    SettingsBuilder port(int number) {
        port = number;
        return this;
    }

    SettingsBuilder tls(RestTls wanted) {
        tls = wanted;
        return this;
    }

    RestSettings build() {
        return new RestSettings(
                base.hosts(),
                port,
                tls,
                base.extraHeaders(),
                base.login(),
                base.allowlist(),
                base.allowlistIncludesMembers(),
                base.scope(),
                base.member(),
                base.tags(),
                base.productVersion(),
                base.patroniVersion());
    }
}
