package io.tamada.chaos.bench;

import io.tamada.chaos.cluster.AgentProgram;
import io.tamada.chaos.cluster.ClusterPlan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `./tamada bench [--rounds N] [--times TTL,LOOP_WAIT,RETRY_TIMEOUT] [--only tamada|patroni]`:
/// measures both programs on this machine, in turn, with the same configuration, and prints a
/// table of medians.
public final class Bench {

    private static final String USAGE =
            "usage: bench [--rounds N] [--times TTL,LOOP_WAIT,RETRY_TIMEOUT]"
                    + " [--only tamada|patroni]";

    private record Options(int rounds, int ttl, int loopWait, int retryTimeout, String only) {

        static Options parse(String[] arguments) {
            int rounds = 2;
            // Patroni's own defaults.
            String[] times = {"30", "10", "10"};
            String only = "";
            for (int at = 0; at + 1 < arguments.length; at += 2) {
                String value = arguments[at + 1];
                switch (arguments[at]) {
                    case "--rounds" -> rounds = Integer.parseInt(value);
                    case "--times" -> times = value.split(",", -1);
                    case "--only" -> only = value;
                    case String other ->
                            throw new IllegalArgumentException("unknown option " + other);
                }
            }
            if (arguments.length % 2 != 0 || times.length != 3 || rounds < 1) {
                throw new IllegalArgumentException("wrong number of values");
            }
            return new Options(
                    rounds,
                    Integer.parseInt(times[0]),
                    Integer.parseInt(times[1]),
                    Integer.parseInt(times[2]),
                    only);
        }
    }

    private Bench() {}

    public static void main(String[] arguments) {
        try {
            run(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.println(USAGE);
            System.exit(2);
        }
    }

    /// @throws IllegalArgumentException when the arguments are wrong.
    static void run(String... arguments) {
        Options options = Options.parse(arguments);
        List<AgentProgram> programs = new ArrayList<>();
        if (!options.only.equals("patroni")) {
            programs.add(AgentProgram.tamada());
        }
        if (!options.only.equals("tamada") && Files.isExecutable(Path.of("/usr/bin/patroni"))) {
            programs.add(AgentProgram.patroni());
        }
        List<Map<Metric, List<Double>>> found = new ArrayList<>();
        programs.forEach(_ -> found.add(new EnumMap<>(Metric.class)));
        for (int round = 1; round <= options.rounds; round++) {
            for (int which = 0; which < programs.size(); which++) {
                AgentProgram program = programs.get(which);
                System.out.printf("round %d of %d: %s%n", round, options.rounds, program.name());
                ClusterPlan plan =
                        ClusterPlan.threeNodes()
                                .withProgram(program)
                                .withTimes(options.ttl, options.loopWait, options.retryTimeout);
                Map<Metric, List<Double>> into = found.get(which);
                Round.run(plan)
                        .forEach(
                                (metric, value) ->
                                        into.computeIfAbsent(metric, _ -> new ArrayList<>())
                                                .add(value));
            }
        }
        print(options, programs, found);
    }

    private static void print(
            Options options, List<AgentProgram> programs, List<Map<Metric, List<Double>>> found) {
        System.out.printf(
                "%nttl %d, loop_wait %d, retry_timeout %d; medians of %d rounds; %d processors%n%n",
                options.ttl,
                options.loopWait,
                options.retryTimeout,
                options.rounds,
                Runtime.getRuntime().availableProcessors());
        StringBuilder head = new StringBuilder("| |");
        programs.forEach(program -> head.append(' ').append(program.name()).append(" |"));
        System.out.println(head + " times better | target |");
        System.out.println("|---|" + "--:|".repeat(programs.size() + 1) + "---|");
        for (Metric metric : Metric.values()) {
            StringBuilder line =
                    new StringBuilder("| " + metric.sentence() + ", " + metric.unit() + " |");
            List<@Nullable Double> medians = new ArrayList<>();
            for (Map<Metric, List<Double>> each : found) {
                List<Double> values = each.get(metric);
                Double median = values == null ? null : median(values);
                medians.add(median);
                line.append(median == null ? " - |" : " " + metric.format(median) + " |");
            }
            Double ours = medians.isEmpty() ? null : medians.getFirst();
            Double theirs = medians.size() < 2 ? null : medians.get(1);
            line.append(
                    ours == null || theirs == null
                            ? " - |"
                            : " %.1f |".formatted(metric.ratio(ours, theirs)));
            System.out.println(line + " " + metric.target() + " |");
        }
    }

    private static double median(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1
                ? sorted.get(middle)
                : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
