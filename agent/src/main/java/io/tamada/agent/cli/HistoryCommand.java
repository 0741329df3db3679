package io.tamada.agent.cli;

import io.tamada.agent.settings.StoreSettings;
import io.tamada.core.wal.TimelineHistory;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// The failovers and switchovers so far.
@Command(
        name = "history",
        description = "Show the failovers and switchovers so far.",
        footer = {"", "Example: tamada -c /etc/patroni/config.yml history -f json"})
final class HistoryCommand extends StoreCommand {

    @Parameters(arity = "0..1", paramLabel = "CLUSTER", description = "The cluster's name.")
    private @Nullable String scope;

    @Mixin private FormatOption output = new FormatOption();

    @Override
    void run(StoreOptions store) throws StoreOptions.Failure {
        StoreSettings settings = store.settings();
        var cluster =
                StoreOptions.read(settings, List.of(StoreOptions.scope(scope, settings)))
                        .getFirst();
        List<List<Object>> rows = new ArrayList<>();
        for (TimelineHistory.Entry entry : cluster.seen().view().history().entries()) {
            rows.add(
                    List.of(
                            entry.timeline().id(),
                            entry.switchPoint().value(),
                            entry.reason(),
                            entry.at() == null ? "" : entry.at(),
                            entry.newLeader() == null ? "" : entry.newLeader()));
        }
        print(
                output.format()
                        .write(
                                "",
                                List.of("TL", "LSN", "Reason", "Timestamp", "New Leader"),
                                Set.of("TL", "LSN"),
                                rows,
                                true));
    }
}
