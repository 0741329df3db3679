package io.tamada.agent.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

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
        List<HostPort> hosts = hosts(section);
        String elsewhere = "name the endpoints in etcd3.hosts";
        boolean otherwise = false;
        for (String name : List.of("url", "proxy", "srv", "srv_suffix")) {
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
                                section.choice("protocol", "http", "http", "https")
                                        .toUpperCase(Locale.ROOT)),
                        section.text("username"),
                        section.secret("password"),
                        section.text("cacert"),
                        section.text("cert"),
                        section.text("key"));
        if (settings.password() != null && settings.username() == null) {
            section.missing("username", "a user name, because etcd3.password is set");
        }
        if (settings.key() != null && settings.cert() == null) {
            section.missing("cert", "a client certificate, because etcd3.key is set");
        }
        section.ignore("use_proxies");
        section.warnAboutTheRest();
        return settings;
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
