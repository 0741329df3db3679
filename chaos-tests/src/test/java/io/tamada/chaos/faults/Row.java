package io.tamada.chaos.faults;

import io.tamada.chaos.cluster.ClusterPlan;
import io.tamada.chaos.cluster.TestCluster;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// One line of the table of faults: what is done to which cluster, what may come of it, how often.
///
/// @param name of letters and dashes, by which a run can be limited.
/// @param family rows that count together.
/// @param variants the fault in its kinds; repeats go around them.
/// @param preparation done to the cluster before it is started.
/// @param requires what it needs of the machine.
record Row(
        String name,
        Family family,
        String meaning,
        UnaryOperator<ClusterPlan> plan,
        Preparation preparation,
        List<Variant> variants,
        Expectation expectation,
        Clients clients,
        List<Need> requires) {

    /// How often, unless another number is asked for.
    enum Family {
        FENCING(50),
        SYNCHRONOUS(50),
        OTHER(5);

        private final int repeats;

        Family(int repeats) {
            this.repeats = repeats;
        }

        int repeats() {
            return repeats;
        }
    }

    enum Clients {
        /// Beside the writers also those that make fencing hard.
        BUSY,
        WRITERS
    }

    /// What is the same for a row and others can share their cluster.
    enum Preparation {
        NONE,
        SMALL_DISKS;

        void on(TestCluster cluster) {
            if (this == SMALL_DISKS) {
                SmallDisks disks = SmallDisks.under(cluster);
                cluster.atEnd(disks::close);
            }
        }
    }

    /// What not every machine has.
    enum Need {
        NETWORK_FAULTS,
        FREEZER,
        LOOP_DEVICE,
        /// Parts of the agent that are still being built.
        STORE_WIPED,
        REJOIN
    }

    record Variant(String name, Fault fault) {}

    Row {
        variants = List.copyOf(variants);
        requires = List.copyOf(requires);
    }

    static Row fencing(String name, String meaning, Expectation expectation, Variant... variants) {
        return new Row(
                name,
                Family.FENCING,
                meaning,
                UnaryOperator.identity(),
                Preparation.NONE,
                List.of(variants),
                expectation,
                Clients.BUSY,
                List.of());
    }

    static Row other(String name, String meaning, Expectation expectation, Fault fault) {
        return new Row(
                name,
                Family.OTHER,
                meaning,
                UnaryOperator.identity(),
                Preparation.NONE,
                List.of(new Variant("plain", fault)),
                expectation,
                Clients.WRITERS,
                List.of());
    }

    Row on(UnaryOperator<ClusterPlan> other) {
        return new Row(
                name,
                family,
                meaning,
                other,
                preparation,
                variants,
                expectation,
                clients,
                requires);
    }

    Row prepared(Preparation other) {
        return new Row(
                name, family, meaning, plan, other, variants, expectation, clients, requires);
    }

    Row needing(Need... needs) {
        return new Row(
                name,
                family,
                meaning,
                plan,
                preparation,
                variants,
                expectation,
                clients,
                List.of(needs));
    }

    Row of(Family other) {
        return new Row(
                name, other, meaning, plan, preparation, variants, expectation, clients, requires);
    }

    Row withBusyClients() {
        return new Row(
                name,
                family,
                meaning,
                plan,
                preparation,
                variants,
                expectation,
                Clients.BUSY,
                requires);
    }

    /// Repeats go around the variants; the first one gets those that are left over.
    Variant variant(int repeat) {
        return variants.get(repeat % variants.size());
    }

    /// @return why it cannot run on this machine; empty when it can.
    Optional<String> hindrance(Machine machine) {
        return requires.stream().flatMap(need -> machine.lacks(need).stream()).findFirst();
    }
}
