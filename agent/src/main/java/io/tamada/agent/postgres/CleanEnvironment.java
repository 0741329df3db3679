package io.tamada.agent.postgres;

import io.tamada.agent.os.Privileges;
import io.tamada.agent.os.UnixUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The environment of our children: the agent's own without what would mislead them.
///
/// PostgreSQL's client variables could send a tool elsewhere or carry a password; our settings
/// may hold passwords too; and a HOME of another user (root's, after dropping privileges) makes
/// libpq stumble over certificates it may not read.
public final class CleanEnvironment {

    /// Variables of root's session, which would mislead a program of the user that this process
    /// has become.
    private static final List<String> OF_THE_SESSION =
            List.of("SUDO_USER", "SUDO_UID", "SUDO_GID", "SUDO_COMMAND", "MAIL", "XDG_RUNTIME_DIR");

    /// Set by the launcher for the virtual machine; PostgreSQL should have glibc's own value.
    private static final String FOR_JAVA_ONLY = "MALLOC_ARENA_MAX";

    private CleanEnvironment() {}

    /// For the server and initdb: with the user's locale, which decides how initdb sorts text.
    static Map<String, String> forServer() {
        return of(System.getenv());
    }

    /// For tools whose output is read: in English.
    static Map<String, String> forTool() {
        Map<String, String> environment = of(System.getenv());
        environment.keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANGUAGE"));
        environment.put("LC_ALL", "C");
        return environment;
    }

    public static Map<String, String> of(Map<String, String> inherited) {
        Map<String, String> environment = new TreeMap<>();
        for (Map.Entry<String, String> entry : inherited.entrySet()) {
            if (!isMisleading(entry.getKey())) {
                environment.put(entry.getKey(), entry.getValue());
            }
        }
        environment.putIfAbsent("PATH", "/usr/local/bin:/usr/bin:/bin");
        String home = home(inherited.get("HOME"));
        environment.remove("HOME");
        if (home != null) {
            environment.put("HOME", home);
        }
        UnixUser user = Privileges.changedTo();
        if (user != null) {
            environment.put("USER", user.name());
            environment.put("LOGNAME", user.name());
            environment.keySet().removeAll(OF_THE_SESSION);
        }
        return environment;
    }

    private static boolean isMisleading(String name) {
        // libpq's variables have no underscore; those of archiving tools (PGBACKREST_...) stay.
        return (name.startsWith("PG") && name.indexOf('_') < 0)
                || name.equals("PG_GRANDPARENT_PID")
                || name.startsWith("PATRONI_")
                || name.startsWith("TAMADA_")
                || name.startsWith("KUBERNETES_")
                || name.startsWith("JAVA_TOOL_OPTIONS")
                || name.equals(FOR_JAVA_ONLY)
                || name.equals("NOTIFY_SOCKET")
                || name.equals("OLDPWD");
    }

    private static @Nullable String home(@Nullable String inherited) {
        if (inherited != null && isOurs(Path.of(inherited))) {
            return inherited;
        }
        try {
            for (String line : Files.readAllLines(Path.of("/etc/passwd"))) {
                String[] fields = line.split(":", -1);
                if (fields.length >= 6
                        && fields[2].equals(Integer.toString(effectiveUser()))
                        && isOurs(Path.of(fields[5]))) {
                    return fields[5];
                }
            }
        } catch (IOException unreadable) {
            return null;
        }
        return null;
    }

    private static boolean isOurs(Path directory) {
        try {
            return Files.isDirectory(directory) && owner(directory) == effectiveUser();
        } catch (IOException foreign) {
            return false;
        }
    }

    static int owner(Path path) throws IOException {
        return (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    }

    /// The kernel gives /proc/self to the effective user.
    static int effectiveUser() throws IOException {
        return (Integer) Files.getAttribute(Path.of("/proc/self/stat"), "unix:uid");
    }
}
