package io.tamada.agent.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/// The writer against a PostgreSQL of its own, which goes away and comes back.
final class WriterTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    @Test
    void itCountsWhatIsAcknowledgedAndTimesAnInterruption() throws Exception {
        DemoSecrets secrets = DemoSecrets.random();
        var server = new PlainPostgres(secrets);
        try {
            var database = new DemoDatabase(server.port, secrets);
            database.prepare();
            database.prepare();
            assertThat(database.isPrimary(server.port)).isTrue();
            assertThat(database.streamingStandbys()).isZero();
            var writer = new Writer(server.port, secrets);
            try {
                writer.start();
                await("the first writes", () -> writer.status().acknowledged() > 20);
                assertThat(writer.status().describe()).endsWith(", never interrupted");

                server.stop();
                await("trouble is noticed", () -> writer.status().interruptedForMillis() > 0);
                assertThat(writer.status().describe()).contains("INTERRUPTED for ");
                server.start();
                await("writing goes on", () -> writer.status().lastInterruptionMillis() > 0);
                long before = writer.status().acknowledged();
                await("more writes", () -> writer.status().acknowledged() > before + 20);
                writer.close();

                assertThat(writer.ledger().runs()).hasSizeGreaterThanOrEqualTo(2);
                assertThat(database.verify(writer.ledger()))
                        .isEqualTo(new Ledger.Verdict(writer.ledger().rows(), 0, 0));

                deleteRow(server.port, secrets, writer.ledger().runs().getLast().last());
                assertThat(database.verify(writer.ledger()).isSound())
                        .as("a check that can fail")
                        .isFalse();
            } finally {
                writer.close();
            }
        } finally {
            server.remove();
        }
    }

    private static void deleteRow(int port, DemoSecrets secrets, long number) throws Exception {
        try (var connection =
                        DriverManager.getConnection(
                                DemoDatabase.url(port, DemoDatabase.APPLICATION),
                                DemoDatabase.login(
                                        DemoDatabase.APPLICATION, secrets.application()));
                var statement = connection.createStatement()) {
            assertThat(statement.executeUpdate("DELETE FROM writes WHERE number = " + number))
                    .isEqualTo(1);
        }
    }

    private static void await(String what, BooleanSupplier holds) throws InterruptedException {
        long deadline = System.nanoTime() + SOON.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + SOON + ": " + what);
            }
            Thread.sleep(10);
        }
    }

    /// A server without replication, run as the demo's account.
    private static final class PlainPostgres {

        private final DemoDirectory directory;
        private final Account account;
        private final Path bin;
        private final int port;

        PlainPostgres(DemoSecrets secrets) throws Exception {
            account = Account.current();
            bin = Binaries.postgres();
            directory = DemoDirectory.create(account, null);
            try (var any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = any.getLocalPort();
            }
            Path password = directory.file("password", secrets.superuser());
            run(
                    "initdb",
                    "-D",
                    data(),
                    "-U",
                    "postgres",
                    "--auth=scram-sha-256",
                    "--pwfile=" + password,
                    "--no-sync");
            start();
        }

        void start() throws Exception {
            run(
                    "pg_ctl",
                    "-D",
                    data(),
                    "-w",
                    "-l",
                    directory.root().resolve("server.log").toString(),
                    "-o",
                    "-p %d -h 127.0.0.1 -k %s".formatted(port, directory.root()),
                    "start");
        }

        void stop() throws Exception {
            run("pg_ctl", "-D", data(), "-m", "fast", "-w", "stop");
        }

        private String data() {
            return directory.root().resolve("data").toString();
        }

        private void run(String program, String... arguments)
                throws IOException, InterruptedException {
            var command = new ArrayList<>(account.prefix());
            command.add(bin.resolve(program).toString());
            command.addAll(List.of(arguments));
            Path output = Files.createTempFile("tamada-writer", ".log");
            try {
                Process process =
                        new ProcessBuilder(command)
                                .directory(directory.root().toFile())
                                .redirectErrorStream(true)
                                .redirectOutput(output.toFile())
                                .start();
                assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
                assertThat(process.exitValue())
                        .as(Files.readString(output, StandardCharsets.UTF_8))
                        .isZero();
            } finally {
                Files.delete(output);
            }
        }

        void remove() throws Exception {
            try {
                stop();
            } finally {
                directory.delete();
            }
        }
    }
}
