package io.tamada.agent.demo;

import java.nio.file.Path;

/// The configuration of one node of the demo: a Patroni YAML file, written to be read.
record NodeYaml(
        String scope,
        String name,
        int restPort,
        int postgresPort,
        int etcdPort,
        Path directory,
        Path postgresBin,
        DemoSecrets secrets) {

    String render() {
        return """
        # One node of the demo. Patroni's own format: see its documentation for every key.

        # All members of one cluster share the scope; the name is this node's own.
        scope: %1$s
        name: %2$s

        # Health checks, status and commands. HAProxy asks /primary and /replica here.
        restapi:
          listen: 127.0.0.1:%3$d
          connect_address: 127.0.0.1:%3$d

        # Where the cluster keeps who leads. In production: three etcd members on three machines.
        etcd3:
          hosts:
            - 127.0.0.1:%4$d

        bootstrap:
          # Read once, by the node that creates the cluster, and kept in etcd from then on.
          dcs:
            # The leader must renew its lease within ttl seconds, or another node takes over. A dead
            # node is noticed after this time at the latest; a dead PostgreSQL at once.
            ttl: 5
            loop_wait: 1
            retry_timeout: 2
            # A standby further behind than this many bytes does not take over: with asynchronous
            # replication this bounds what a failover can lose.
            maximum_lag_on_failover: 1048576
            # A standby on another timeline than the cluster's does not take over either.
            check_timeline: true
            postgresql:
              # A former primary that wrote more than the new one has is brought back in line.
              use_pg_rewind: true
              use_slots: true
              parameters:
                # pg_rewind needs this or data checksums; here it has both.
                wal_log_hints: "on"
                hot_standby: "on"
                wal_level: replica
                max_wal_senders: 10
                max_replication_slots: 10
                max_connections: 50
                wal_keep_size: 64MB
          # Options of initdb, for the first node; the others are copies of it.
          initdb:
            - encoding: UTF8
            - data-checksums

        postgresql:
          listen: 127.0.0.1:%5$d
          connect_address: 127.0.0.1:%5$d
          data_dir: %6$s/data
          bin_dir: %7$s
          # Written by the agent, so that no password is ever on a command line.
          pgpass: %6$s/pgpass
          authentication:
            superuser:
              username: postgres
              password: %8$s
            replication:
              username: replicator
              password: %9$s
            # What pg_rewind connects as; it needs no superuser.
            rewind:
              username: rewinder
              password: %10$s
          # Small enough for three servers on a laptop.
          parameters:
            unix_socket_directories: %6$s
            password_encryption: scram-sha-256
            shared_buffers: 32MB
            max_wal_size: 256MB
          # Who may connect: everybody by password, from this machine only.
          pg_hba:
            - local   all          all                      scram-sha-256
            - host    all          all         127.0.0.1/32 scram-sha-256
            - host    replication  replicator  127.0.0.1/32 scram-sha-256
        """
                .formatted(
                        scope,
                        name,
                        restPort,
                        etcdPort,
                        postgresPort,
                        directory,
                        postgresBin,
                        secrets.superuser(),
                        secrets.replication(),
                        secrets.rewind());
    }
}
