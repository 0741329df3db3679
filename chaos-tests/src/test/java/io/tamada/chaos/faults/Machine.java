package io.tamada.chaos.faults;

import io.tamada.chaos.cluster.NodeGroup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// What this machine has for faults, looked for once, and what the agent has to meet them.
final class Machine implements AutoCloseable {

    private static final Set<Row.Need> NOT_BUILT = Set.of();

    private final NetworkFaults.Found network = NetworkFaults.find();

    Optional<NetworkFaults> network() {
        return network.faults();
    }

    /// @return why it is not there; empty when it is.
    Optional<String> lacks(Row.Need need) {
        boolean there =
                switch (need) {
                    case NETWORK_FAULTS -> network.faults().isPresent();
                    case FREEZER -> NodeGroup.freezes();
                    case LOOP_DEVICE ->
                            "root".equals(System.getProperty("user.name"))
                                    && Files.exists(Path.of("/dev/loop-control"));
                    case STORE_WIPED, REJOIN -> !NOT_BUILT.contains(need);
                };
        if (there) {
            return Optional.empty();
        }
        return Optional.of(
                switch (need) {
                    case NETWORK_FAULTS ->
                            "no faults of the network: " + String.join("; ", network.reasons());
                    case FREEZER -> "no writable cgroup2 file system to freeze a node with";
                    case LOOP_DEVICE -> "no loop device and rights to mount one";
                    case STORE_WIPED, REJOIN ->
                            "not built yet: "
                                    + need.name().toLowerCase(Locale.ROOT).replace('_', ' ');
                });
    }

    @Override
    public void close() {
        network.faults().ifPresent(NetworkFaults::close);
    }
}
