package io.tamada.agent.cli;

import io.tamada.agent.postgres.MemberQuery;
import io.tamada.agent.settings.StoreSettings;
import io.tamada.core.member.Member;
import io.tamada.rest.document.HostPort;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Asks a member's server. `-c` and `-d` mean the command and the database here; where the cluster
/// is stands before the command's name.
@Command(
        name = "query",
        description = "Query the server of a member, of the leader by default.",
        footer = {
            "",
            "Example: tamada -c /etc/patroni/config.yml query -r replica -U postgres -c 'SELECT 1'"
        })
final class QueryCommand extends OperatorCommand {

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    @Option(
            names = {"--config-file"},
            paramLabel = "FILE",
            description = "Where the cluster is; or -c before the command's name.")
    private @Nullable Path configFile;

    @Option(
            names = {"--dcs-url", "--dcs"},
            paramLabel = "HOST:PORT",
            description = "etcd, in the place of what the file says.")
    private @Nullable String dcs;

    @Parameters(arity = "0..1", paramLabel = "CLUSTER", description = "Default: scope of the file.")
    private @Nullable String scope;

    @Option(
            names = {"-c", "--command"},
            paramLabel = "SQL",
            description = "What to ask.")
    private @Nullable String command;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "A file with what to ask; - is standard input.")
    private @Nullable String file;

    @Option(
            names = {"--format"},
            defaultValue = "tsv",
            converter = Format.Converter.class,
            completionCandidates = Format.Words.class,
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Format format = Format.TSV;

    @Option(
            names = {"--delimiter"},
            defaultValue = "\t",
            showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER,
            description = "Between columns in tsv; default: a tab.")
    private String delimiter = "\t";

    @Option(
            names = {"-r", "--role"},
            converter = RoleChoice.Converter.class,
            completionCandidates = RoleChoice.Words.class,
            description = "Any member with this role: ${COMPLETION-CANDIDATES}.")
    private @Nullable RoleChoice role;

    @Option(
            names = {"-m", "--member"},
            paramLabel = "MEMBER",
            description = "This member.")
    private @Nullable String member;

    @Option(
            names = {"-U", "--username"},
            paramLabel = "USER",
            description = "Default: $PGUSER, then the name of who runs this.")
    private @Nullable String user;

    @Option(
            names = {"--password"},
            description = "Ask for the password; else $PGPASSWORD, then ~/.pgpass.")
    private boolean asksPassword;

    @Option(
            names = {"-d", "--dbname"},
            paramLabel = "DATABASE",
            description = "Default: $PGDATABASE, then the name of the user.")
    private @Nullable String database;

    @Mixin private Watch watch = new Watch();

    @Override
    StoreOptions place() {
        return StoreOptions.of(configFile, dcs);
    }

    @Override
    void run(StoreOptions store) throws StoreOptions.Failure {
        String sql = sql();
        MemberQuery.Login login =
                MemberQuery.Login.of(
                        user,
                        asksPassword ? dialogue().secret("Password") : null,
                        database,
                        System.getenv());
        StoreSettings settings = store.settings();
        String name = StoreOptions.scope(scope, settings);
        do {
            Member asked = RoleChoice.pick(StoreOptions.read(settings, name).view(), role, member);
            show(asked, login, sql);
        } while (watch.again());
    }

    private String sql() throws StoreOptions.Failure {
        if (file != null && command != null) {
            throw new StoreOptions.Failure(
                    1, "--file and --command are mutually exclusive options");
        }
        if (command != null) {
            return command;
        }
        if (file == null) {
            throw new StoreOptions.Failure(1, "You need to specify either --command or --file");
        }
        return text(file, "a file with SQL");
    }

    private void show(@Nullable Member asked, MemberQuery.Login login, String sql) {
        HostPort address = asked == null ? null : HostPort.ofUrl(asked.connUrl());
        if (address == null) {
            fail(nobody());
            return;
        }
        Boolean inRecovery = role == null ? null : role.inRecovery();
        switch (MemberQuery.ask(address.host(), DsnCommand.port(address), login, inRecovery, sql)) {
            case MemberQuery.Answer.Rows rows -> {
                if (!rows.columns().isEmpty()) {
                    print(QueryText.of(rows, format, delimiter));
                }
            }
            case MemberQuery.Answer.OtherRole _ -> fail(nobody());
            case MemberQuery.Answer.Failed(String state, String message) -> {
                fail("ERROR, SQLSTATE: " + (state == null ? message : state));
                if (state != null) {
                    warn(message);
                }
            }
        }
    }

    private String nobody() {
        if (member != null) {
            return "No connection to member " + member + " is available";
        }
        return role == null
                ? "No connection is available"
                : "No connection to role " + role.word() + " is available";
    }

    /// A line with the time, and the exit code stays 0: patronictl's way.
    private void fail(String message) {
        List<Object> row =
                List.of(LocalDateTime.now(ZoneId.systemDefault()).format(STAMP), message);
        print(
                format == Format.TSV
                        ? row.getFirst() + delimiter + message + "\n"
                        : format.write(
                                "",
                                List.of("Field 1", "Field 2"),
                                Set.of(),
                                new ArrayList<>(List.of(row)),
                                true));
    }
}
