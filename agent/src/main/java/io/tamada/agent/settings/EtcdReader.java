package io.tamada.agent.settings;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Reads `etcd3`.
final class EtcdReader {

    /// Stores that Patroni can use and Tamada cannot.
    static final List<String> OTHER_STORES =
            List.of("etcd", "consul", "zookeeper", "exhibitor", "kubernetes", "raft");

    private static final int CLIENT_PORT = 2379;

    private EtcdReader() {}

    static Etcd3Settings read(Section root) {
        boolean given = root.has("etcd3");
        Section section = root.section("etcd3");
        Url url = url(section);
        List<HostPort> hosts = url == null ? hosts(section) : List.of(url.address());
        String elsewhere = "name the endpoints in etcd3.hosts";
        boolean otherwise = false;
        for (String name : List.of("srv", "srv_suffix")) {
            otherwise |= section.has(name);
            section.refuse(name, elsewhere);
        }
        if (hosts.isEmpty() && !otherwise) {
            reportMissing(root, section, given);
        }
        Etcd3Settings settings =
                new Etcd3Settings(
                        hosts,
                        Etcd3Settings.Protocol.valueOf(
                                (url == null
                                                ? section.choice(
                                                        "protocol", "http", "http", "https")
                                                : url.scheme())
                                        .toUpperCase(Locale.ROOT)),
                        url == null || url.username() == null
                                ? section.text("username")
                                : url.username(),
                        url == null || url.password() == null
                                ? section.secret("password")
                                : url.password(),
                        section.text("cacert"),
                        section.text("cert"),
                        section.text("key"));
        if (settings.password() != null && settings.username() == null) {
            section.missing("username", "a user name, because etcd3.password is set");
        }
        if (settings.key() != null && settings.cert() == null) {
            section.missing("cert", "a client certificate, because etcd3.key is set");
        }
        section.ignore("use_proxies", "host", "hosts", "protocol", "username", "password");
        section.warnAboutTheRest();
        return settings;
    }

    private record Url(
            String scheme,
            HostPort address,
            @Nullable String username,
            @Nullable Secret password) {}

    /// `proxy`, or else `url`: one endpoint, which counts before `hosts` and `host`, with the
    /// protocol and the user that it names.
    private static @Nullable Url url(Section section) {
        String name = section.has("proxy") ? "proxy" : "url";
        String text = section.text(name);
        section.ignore("proxy", "url");
        YamlValue value = section.value(name);
        if (text == null || value == null) {
            return null;
        }
        try {
            URI uri = new URI(text.strip());
            String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
            HostPort address =
                    uri.getHost() == null
                            ? null
                            : Addresses.of(
                                    new YamlValue.Scalar(
                                            value.origin(),
                                            uri.getHost(),
                                            uri.getHost()
                                                    + (uri.getPort() < 0
                                                            ? ""
                                                            : ":" + uri.getPort())),
                                    CLIENT_PORT);
            if (address != null && (scheme.equals("http") || scheme.equals("https"))) {
                String[] user = String.valueOf(uri.getUserInfo()).split(":", 2);
                boolean named = uri.getUserInfo() != null;
                return new Url(
                        scheme,
                        address,
                        named ? user[0] : null,
                        named && user.length > 1 ? new Secret(user[1]) : null);
            }
        } catch (URISyntaxException notOne) {
            // Reported below, without the text: it may have a password in it.
        }
        section.problems()
                .error(
                        value.origin(),
                        section.key(name),
                        "another text",
                        "http://host:port or https://host:port");
        return new Url("http", new HostPort("localhost", CLIENT_PORT), null, null);
    }

    /// One report a mistake: where another store is named, that was the mistake.
    private static void reportMissing(Section root, Section section, boolean given) {
        boolean otherStore = !given && OTHER_STORES.stream().anyMatch(root::has);
        boolean badHosts = section.has("host") || section.has("hosts");
        if (!otherStore && !badHosts) {
            if (given) {
                section.missing("hosts", "the etcd endpoints: host1:2379,host2:2379");
            } else {
                root.missing("etcd3", "the etcd endpoints (etcd3: {hosts: host1:2379})");
            }
        }
    }

    /// `hosts` as a list or as one comma-separated text, whose entries may be in quotes of their
    /// own; or `host`.
    private static List<HostPort> hosts(Section section) {
        YamlValue value = section.value("hosts");
        String name = value == null ? "host" : "hosts";
        YamlValue single = section.value("host");
        List<YamlValue> items =
                switch (value == null ? single : value) {
                    case null -> List.of();
                    case YamlValue.Listing list -> list.items();
                    case YamlValue.Scalar scalar -> split(scalar);
                    case YamlValue.Mapping mapping -> List.of(mapping);
                };
        List<HostPort> hosts = new ArrayList<>();
        for (YamlValue item : items) {
            HostPort host = Addresses.of(item, CLIENT_PORT);
            if (host == null) {
                section.problems()
                        .error(
                                item.origin(),
                                section.key(name),
                                item.found(),
                                "host:port with a port from 1 to 65535");
            } else {
                hosts.add(host);
            }
        }
        return hosts;
    }

    private static List<YamlValue> split(YamlValue.Scalar scalar) {
        List<YamlValue> items = new ArrayList<>();
        for (String part : scalar.text().split(",", -1)) {
            String bare = part.strip().replaceAll("^['\"]|['\"]$", "");
            items.add(new YamlValue.Scalar(scalar.origin(), bare, bare));
        }
        return items;
    }
}
