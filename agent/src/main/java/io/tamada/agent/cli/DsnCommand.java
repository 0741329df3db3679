package io.tamada.agent.cli;

import io.tamada.agent.settings.StoreSettings;
import io.tamada.core.member.Member;
import io.tamada.rest.document.HostPort;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Where a member's server listens.
@Command(
        name = "dsn",
        description = "Show the address of a member's server, of the leader's by default.",
        footer = {"", "Example: psql \"$(tamada -c /etc/patroni/config.yml dsn -r replica)\""})
final class DsnCommand extends StoreCommand {

    static final int POSTGRES_PORT = 5432;

    @Parameters(arity = "0..1", paramLabel = "CLUSTER", description = "Default: scope of the file.")
    private @Nullable String scope;

    @Option(
            names = {"-r", "--role"},
            converter = RoleChoice.Converter.class,
            completionCandidates = RoleChoice.Words.class,
            description = "Of any member with this role: ${COMPLETION-CANDIDATES}.")
    private @Nullable RoleChoice role;

    @Option(
            names = {"-m", "--member"},
            paramLabel = "MEMBER",
            description = "Of this member.")
    private @Nullable String member;

    @Override
    void run(StoreOptions store) throws StoreOptions.Failure {
        StoreSettings settings = store.settings();
        Member found =
                RoleChoice.pick(
                        StoreOptions.read(settings, StoreOptions.scope(scope, settings)).view(),
                        role,
                        member);
        HostPort address = found == null ? null : HostPort.ofUrl(found.connUrl());
        if (address == null) {
            throw new StoreOptions.Failure(1, "Can not find a suitable member");
        }
        print("host=" + address.host() + " port=" + port(address) + "\n");
    }

    static int port(HostPort address) {
        return address.port() == 0 ? POSTGRES_PORT : address.port();
    }
}
