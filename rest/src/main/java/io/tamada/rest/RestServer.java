package io.tamada.rest;

import io.tamada.rest.control.ControlApi;
import io.tamada.rest.http.ConnectionLimits;
import io.tamada.rest.http.FailsafeApi;
import io.tamada.rest.http.HttpServer;
import io.tamada.rest.http.ReadApi;
import io.tamada.rest.tls.TlsFileException;
import java.net.BindException;
import org.jspecify.annotations.Nullable;

/// The API server of an agent. It registers no shutdown hook: the agent decides the order in
/// which it ends.
public final class RestServer {

    /// How starting ended.
    public sealed interface Started {

        /// @param port the one that was bound.
        record Listening(int port) implements Started {}

        /// @param reason one line for the operator.
        record Refused(String reason) implements Started {}
    }

    private final RestSettings settings;
    private final ConnectionLimits limits;
    private final ReadApi api;
    private final FailsafeApi failsafe;
    private final ControlApi control;
    private @Nullable HttpServer server;

    public RestServer(
            RestSettings settings, ReadApi api, FailsafeApi failsafe, ControlApi control) {
        this(
                settings,
                (settings.tls() == null ? ConnectionLimits.PLAIN : ConnectionLimits.TLS)
                        .within(ConnectionLimits.descriptors()),
                api,
                failsafe,
                control);
    }

    RestServer(
            RestSettings settings,
            ConnectionLimits limits,
            ReadApi api,
            FailsafeApi failsafe,
            ControlApi control) {
        this.settings = settings;
        this.limits = limits;
        this.api = api;
        this.failsafe = failsafe;
        this.control = control;
    }

    /// Binds the listen addresses and begins to answer.
    public synchronized Started start() {
        if (server != null) {
            throw new IllegalStateException("the API server was started already");
        }
        HttpServer starting;
        try {
            starting = HttpServer.of(settings, limits, api, failsafe, control);
        } catch (TlsFileException unusable) {
            return new Started.Refused("restapi: " + unusable.getMessage());
        }
        try {
            int port = starting.listen();
            server = starting;
            return new Started.Listening(port);
        } catch (RuntimeException failure) {
            starting.close();
            return new Started.Refused(reason(failure));
        }
    }

    /// Stops listening and closes every connection. A second call does nothing.
    public synchronized void stop() {
        if (server != null) {
            server.close();
            server = null;
        }
    }

    private String reason(RuntimeException failure) {
        Throwable root = failure;
        while (root.getCause() != null && !(root instanceof BindException)) {
            root = root.getCause();
        }
        String listen = String.join(",", settings.hosts()) + ":" + settings.port();
        String text = String.valueOf(root.getMessage());
        if (root instanceof BindException && text.contains("in use")) {
            return "listen address " + listen + " is in use (restapi.listen)";
        }
        return "cannot listen on " + listen + " (restapi.listen): " + text;
    }
}
