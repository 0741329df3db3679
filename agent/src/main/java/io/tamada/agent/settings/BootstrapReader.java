package io.tamada.agent.settings;

import io.tamada.agent.hooks.Scripts.CustomBootstrap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads `bootstrap`.
final class BootstrapReader {

    /// Options of initdb that the agent sets itself, or that would leave the directory unsafe.
    private static final Set<String> RESERVED_FOR_INITDB =
            Set.of("pgdata", "nosync", "no-sync", "pwfile", "sync-only", "version", "username");

    private BootstrapReader() {}

    static BootstrapSettings read(Section section) {
        CustomBootstrap custom = ScriptsReader.bootstrap(section);
        Section dynamic = section.section("dcs");
        DynamicCheck.check(dynamic);
        String post = section.text("post_bootstrap");
        String postInit = section.text("post_init");
        BootstrapSettings settings =
                new BootstrapSettings(
                        YamlValue.plainMap(dynamic.tree()),
                        ToolOptions.read(section, "initdb", RESERVED_FOR_INITDB),
                        section.texts("pg_hba"),
                        users(section.section("users")),
                        post == null ? postInit : post,
                        custom);
        section.ignore("initdb");
        for (String name : section.names()) {
            if (section.value(name) instanceof YamlValue.Mapping other
                    && other.entries().containsKey("command")) {
                // Another method, which is not the one chosen.
                section.ignore(name);
            }
        }
        section.warnAboutTheRest();
        return settings;
    }

    private static List<BootstrapSettings.User> users(Section section) {
        List<BootstrapSettings.User> users = new ArrayList<>();
        for (Map.Entry<String, YamlValue> entry : section.tree().entries().entrySet()) {
            BootstrapSettings.User user = user(section, entry.getKey());
            if (user != null) {
                users.add(user);
            }
        }
        return users;
    }

    private static BootstrapSettings.@Nullable User user(Section section, String name) {
        Section user = section.section(name);
        Secret password = user.secret("password");
        List<String> options = new ArrayList<>();
        for (String option : user.texts("options")) {
            if (option.matches("[A-Za-z ]+")) {
                options.add(option);
            } else {
                YamlValue value = user.value("options");
                user.problems()
                        .error(
                                value == null ? user.origin() : value.origin(),
                                user.key("options"),
                                "'" + option + "'",
                                "options of CREATE ROLE such as createdb");
            }
        }
        user.warnAboutTheRest();
        return new BootstrapSettings.User(name, password, options);
    }
}
