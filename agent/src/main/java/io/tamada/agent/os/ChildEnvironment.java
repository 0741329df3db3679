package io.tamada.agent.os;

import java.util.Map;

/// What a child process may inherit. Every `ProcessBuilder` of the agent passes its environment
/// through here.
public final class ChildEnvironment {

    /// Variables of root's session that would mislead PostgreSQL's programs or a script.
    private static final String[] OF_THE_SESSION = {
        "SUDO_USER", "SUDO_UID", "SUDO_GID", "SUDO_COMMAND", "MAIL", "XDG_RUNTIME_DIR"
    };

    /// Set by the launcher for the virtual machine; PostgreSQL should have glibc's own value.
    private static final String FOR_JAVA_ONLY = "MALLOC_ARENA_MAX";

    private static final String SETTINGS = "PATRONI_";

    private ChildEnvironment() {}

    /// Takes the settings out, passwords among them, and where root's rights were given up makes
    /// HOME and the like those of the new user.
    public static void correct(Map<String, String> environment) {
        environment.keySet().removeIf(name -> name.startsWith(SETTINGS));
        environment.remove(FOR_JAVA_ONLY);
        UnixUser user = Privileges.changedTo();
        if (user == null) {
            return;
        }
        environment.put("HOME", user.home());
        environment.put("USER", user.name());
        environment.put("LOGNAME", user.name());
        for (String name : OF_THE_SESSION) {
            environment.remove(name);
        }
    }
}
