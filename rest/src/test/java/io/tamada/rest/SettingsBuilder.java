package io.tamada.rest;

/// The settings of a world with another port.
final class SettingsBuilder {

    private final RestSettings base;
    private int port;

    SettingsBuilder(World world) {
        base = world.settings();
    }

    SettingsBuilder port(int number) {
        port = number;
        return this;
    }

    RestSettings build() {
        return new RestSettings(
                base.hosts(),
                port,
                base.tls(),
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
