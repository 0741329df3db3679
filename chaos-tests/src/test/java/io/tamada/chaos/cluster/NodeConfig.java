package io.tamada.chaos.cluster;

import java.util.List;
import java.util.SequencedMap;
import java.util.TreeMap;

/// The Patroni YAML of one node, in the words that Patroni 3 and Tamada share.
final class NodeConfig {

    private NodeConfig() {}

    static String render(TestNode node, ClusterPlan plan, String scope, List<String> etcdHosts) {
        return """
        scope: %s
        name: %s
        restapi:
          listen: 127.0.0.1:%d
          connect_address: 127.0.0.1:%d
        etcd3:
          hosts: [%s]
        bootstrap:
          dcs:
            ttl: %d
            loop_wait: %d
            retry_timeout: %d
        %s    postgresql:
              use_pg_rewind: true
              use_slots: true
              parameters:
        %s
          initdb:
            - encoding: UTF8
            - data-checksums
        %spostgresql:
          listen: 127.0.0.1:%d
          connect_address: 127.0.0.1:%d
          data_dir: %s
          bin_dir: /usr/lib/postgresql/15/bin
          pgpass: %s
          authentication:
            superuser: {username: postgres, password: %s}
            replication: {username: replicator, password: %s}
            rewind: {username: rewinder, password: %s}
          pg_hba:
            - local all all trust
            - host replication replicator 127.0.0.1/32 scram-sha-256
            - host all all 127.0.0.1/32 scram-sha-256
          parameters:
            unix_socket_directories: %s
        %s"""
                .formatted(
                        scope,
                        node.name(),
                        node.restPort(),
                        node.restPort(),
                        String.join(", ", quoted(etcdHosts)),
                        plan.ttlSeconds(),
                        plan.loopWaitSeconds(),
                        plan.retryTimeoutSeconds(),
                        settings("    ", plan.dcs()),
                        parameters(plan),
                        settings("  ", plan.bootstrap()),
                        node.postgresPort(),
                        node.postgresPort(),
                        node.dataDirectory(),
                        node.directory().resolve("pgpass"),
                        Sql.PASSWORD,
                        Sql.REPLICATION_PASSWORD,
                        Sql.REWIND_PASSWORD,
                        node.directory(),
                        settings("  ", plan.local()));
    }

    private static List<String> quoted(List<String> hosts) {
        return hosts.stream().map(host -> "'" + host + "'").toList();
    }

    private static String settings(String indent, SequencedMap<String, String> more) {
        StringBuilder lines = new StringBuilder();
        more.forEach(
                (name, value) ->
                        lines.append(indent).append(name).append(": ").append(value).append('\n'));
        return lines.toString();
    }

    private static String parameters(ClusterPlan plan) {
        TreeMap<String, String> all = new TreeMap<>(plan.parameters());
        all.putIfAbsent("max_connections", "50");
        all.putIfAbsent("shared_buffers", "16MB");
        // A rewind needs the WAL since the two lines parted; restarts are frequent here.
        all.putIfAbsent("wal_keep_size", "128MB");
        StringBuilder lines = new StringBuilder();
        all.forEach(
                (name, value) -> {
                    if (!lines.isEmpty()) {
                        lines.append('\n');
                    }
                    lines.append("        ").append(name).append(": ").append(value);
                });
        return lines.toString();
    }
}
