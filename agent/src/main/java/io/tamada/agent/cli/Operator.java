package io.tamada.agent.cli;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;

/// Who sits at the keyboard, for the history of configuration changes.
final class Operator {

    private Operator() {}

    /// Such as `alice@ops1`; behind sudo, whoever has called it.
    static String name() {
        return name(System.getenv(), System.getProperty("user.name", ""), host());
    }

    static String name(Map<String, String> environment, String user, String host) {
        String caller = environment.getOrDefault("SUDO_USER", "");
        // What a header takes.
        return ((caller.isEmpty() ? user : caller) + "@" + host).replaceAll("[^!-~]", "?");
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException _) {
            return "localhost";
        }
    }
}
