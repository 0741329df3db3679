package io.tamada.chaos.simulation;

import java.util.List;

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
        System.exit(tell(Sweep.run(from, one ? 1 : seeds, manner)) ? 0 : 1);
    }

    /// @return whether every invariant held.
    private static boolean tell(Sweep sweep) {
        List<Simulation.Result> failures = sweep.failures();
        System.out.print(sweep.total().text());
        System.out.print(sweep.speed());
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
