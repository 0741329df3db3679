package io.tamada.agent.settings;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a command for operators needs to know: which cluster, and where its store is. The rest of
/// the file may be an agent's, and is not looked at.
///
/// @param scope null where the file names no cluster.
/// @param authentication for commands to the members: `ctl.authentication`, or else the
///     `restapi.authentication` of an agent's file; null for none.
/// @param tls how the members are asked where their API has certificates.
public record StoreSettings(
        @Nullable String scope,
        String namespace,
        Etcd3Settings etcd3,
        RestSettings.@Nullable Credentials authentication,
        Tls tls) {

    /// @param authorities PEM file that the members' certificates are checked against; null for
    ///     the usual ones.
    /// @param certificate PEM file of the client certificate to show; null for none.
    /// @param key its key; null where that is in the same file.
    /// @param isInsecure whether the members' certificates are not checked at all.
    public record Tls(
            @Nullable String authorities,
            @Nullable String certificate,
            @Nullable String key,
            @Nullable Secret keyPassword,
            boolean isInsecure) {}

    /// The same, without a look at certificates.
    public StoreSettings insecure() {
        return new StoreSettings(
                scope,
                namespace,
                etcd3,
                authentication,
                new Tls(tls.authorities, tls.certificate, tls.key, tls.keyPassword, true));
    }

    private static final Pattern URL =
            Pattern.compile(
                    "((etcd3?:)?//)?(?<host>\\[[^\\]/]*\\]|[^:/]*)(?<port>:\\d{1,5})?(?<namespace>/.*)?");

    /// What was read, or what is wrong with it.
    public sealed interface Result {
        record Loaded(StoreSettings settings) implements Result {}

        record Refused(List<String> errors) implements Result {}
    }

    /// Reads a file, with the environment and then the given address of the store laid over it.
    ///
    /// @param file null: the environment alone.
    /// @param store `HOST:PORT` or `etcd3://HOST:PORT/NAMESPACE`; null: as the file says.
    public static Result read(
            @Nullable Path file, @Nullable String store, Map<String, String> environment) {
        Problems problems = new Problems();
        YamlValue.Mapping tree =
                file == null
                        ? new YamlValue.Mapping(new Origin("environment", 0), Map.of())
                        : new YamlReader(problems).file(file);
        if (tree == null) {
            return new Result.Refused(problems.errors());
        }
        tree = tree.overlaidWith(new Environment(problems).read(environment));
        if (store != null) {
            tree = at(tree, store, problems);
        }
        Section root = new Section(problems, "", tree);
        StoreSettings settings =
                new StoreSettings(
                        root.text("scope"),
                        SettingsReader.namespace(root),
                        EtcdReader.read(root),
                        credentials(root),
                        tls(root));
        return problems.hasErrors()
                ? new Result.Refused(problems.errors())
                : new Result.Loaded(settings);
    }

    private static RestSettings.@Nullable Credentials credentials(Section root) {
        for (String name : new String[] {"ctl", "restapi"}) {
            if (root.has(name) && root.section(name).has("authentication")) {
                Section inner = root.section(name).section("authentication");
                Secret password = inner.secret("password");
                return new RestSettings.Credentials(
                        inner.requiredText("username", "a user name"),
                        password == null ? new Secret("") : password);
            }
        }
        return null;
    }

    /// The client certificate is that of `ctl`, or else the one that an agent itself shows, if this
    /// user may read it.
    private static Tls tls(Section root) {
        Section ctl = root.section("ctl");
        Section rest = root.section("restapi");
        Section own = ctl.has("certfile") ? ctl : rest;
        String authorities = ctl.text("cacert");
        String certificate = own.text("certfile");
        String key = own.text("keyfile");
        if (!ctl.has("certfile") && !(isReadable(certificate) && isReadable(key))) {
            certificate = null;
            key = null;
        }
        return new Tls(
                authorities == null ? rest.text("cafile") : authorities,
                certificate,
                key,
                own.secret("keyfile_password"),
                Boolean.TRUE.equals(ctl.flag("insecure")));
    }

    private static boolean isReadable(@Nullable String file) {
        return file == null || Files.isReadable(Path.of(file));
    }

    /// The address alone is replaced, and the namespace where one is given: certificates and the
    /// user stay as the file says.
    private static YamlValue.Mapping at(YamlValue.Mapping tree, String store, Problems problems) {
        Origin origin = new Origin("option --dcs-url", 0);
        Matcher url = URL.matcher(store);
        if (!url.matches()) {
            problems.error(
                    origin, "", "'" + store + "'", "HOST:PORT or etcd3://HOST:PORT/NAMESPACE");
            return tree;
        }
        String host = url.group("host").isEmpty() ? "localhost" : url.group("host");
        String address = host + (url.group("port") == null ? ":2379" : url.group("port"));
        Map<String, YamlValue> etcd3 = new LinkedHashMap<>();
        if (tree.entries().get("etcd3") instanceof YamlValue.Mapping given) {
            etcd3.putAll(given.entries());
        }
        for (String other : new String[] {"host", "url", "proxy"}) {
            etcd3.remove(other);
        }
        etcd3.put("hosts", new YamlValue.Scalar(origin, address, address));
        Map<String, YamlValue> all = new LinkedHashMap<>(tree.entries());
        all.put("etcd3", new YamlValue.Mapping(origin, etcd3));
        String namespace = url.group("namespace");
        if (namespace != null && namespace.length() > 1) {
            all.put("namespace", new YamlValue.Scalar(origin, namespace, namespace));
        }
        return new YamlValue.Mapping(tree.origin(), all);
    }
}
