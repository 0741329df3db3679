package io.tamada.chaos.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// The simulator on the command line: `--seeds N` runs the seeds from 1 (or from `--from`),
/// `--seed S` replays one, `-v` prints everything that happens, `--strict` demands
/// more than the loop promises today.
public final class SimMain {

    private static final String USAGE =
            "usage: ./tamada sim [--seeds N [--from S] | --seed S] [--strict] [-v]";
    private static final int DEFAULT_SEEDS = 200;

    private SimMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        long seeds = DEFAULT_SEEDS;
        long from = 1;
        boolean one = false;
        Trace.Echo echo = Trace.Echo.NONE;
        Strictness strictness = Strictness.USUAL;
        try {
            for (int i = 0; i < arguments.length; i++) {
                switch (arguments[i]) {
                    case "--seeds" -> seeds = Long.parseLong(arguments[++i]);
                    case "--from" -> from = Long.parseLong(arguments[++i]);
                    case "--seed" -> {
                        from = Long.parseLong(arguments[++i]);
                        one = true;
                    }
                    case "--strict" -> strictness = Strictness.TIMELINES_ARE_UNIQUE;
                    case "-v" -> echo = Trace.Echo.ALL;
                    default -> {
                        System.err.println("unknown argument " + arguments[i] + "; " + USAGE);
                        System.exit(2);
                    }
                }
            }
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException _) {
            System.err.println("a number is missing; " + USAGE);
            System.exit(2);
        }
        Simulation.Manner manner = new Simulation.Manner(Mutation.NONE, strictness, echo);
        List<Simulation.Result> results =
                one ? List.of(Simulation.run(from, manner)) : sweep(from, seeds, manner);
        System.exit(tell(results) ? 0 : 1);
    }

    /// Runs the seeds on all processors; every run keeps to one thread.
    static List<Simulation.Result> sweep(long from, long seeds, Simulation.Manner manner)
            throws InterruptedException {
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors());
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Future<Simulation.Result>> running = new ArrayList<>();
            for (long seed = from; seed < from + seeds; seed++) {
                long each = seed;
                running.add(pool.submit(() -> Simulation.run(each, manner)));
            }
            List<Simulation.Result> results = new ArrayList<>();
            for (Future<Simulation.Result> run : running) {
                try {
                    results.add(run.get());
                } catch (ExecutionException broken) {
                    throw new IllegalStateException("a run could not be made", broken);
                }
            }
            return results;
        }
    }

    /// @return whether every invariant held.
    private static boolean tell(List<Simulation.Result> results) {
        RunReport total = new RunReport();
        List<Simulation.Result> failures = new ArrayList<>();
        for (Simulation.Result result : results) {
            total.add(result.report());
            if (result.violation() != null) {
                failures.add(result);
            }
        }
        System.out.print(total.text());
        for (Simulation.Result failure : failures) {
            System.out.println("seed " + failure.seed() + ": " + failure.violation());
        }
        if (!failures.isEmpty()) {
            System.out.print(describe(failures.getFirst()));
        }
        return failures.isEmpty();
    }

    /// The options, what happened last, what was broken, and how to see it again.
    static String describe(Simulation.Result failure) {
        StringBuilder text = new StringBuilder("\n");
        for (String line : failure.options().block()) {
            text.append("option  ").append(line).append('\n');
        }
        for (String line : failure.lastLines()) {
            text.append(line).append('\n');
        }
        text.append("violation  ").append(failure.violation()).append('\n');
        text.append("replay with: ./tamada sim --seed ").append(failure.seed()).append('\n');
        return text.toString();
    }
}
