package io.tamada.chaos.simulation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/// The simulator on the command line: `--seeds N` runs the seeds from 1 (or from `--from`),
/// `--seed S` replays one, `-v` prints everything that happens,
/// `--mistake` plants one, by its name in {@link Mutation}; `--faults` leaves all faults out but
/// these of {@link FaultKind}.
public final class SimMain {

    private static final String USAGE =
            "usage: ./tamada sim [--seeds N [--from S] | --seed S] [--faults NAME,…] [--mistake NAME] [-v]";
    private static final int DEFAULT_SEEDS = 200;

    private SimMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        long seeds = DEFAULT_SEEDS;
        long from = 1;
        boolean one = false;
        Simulation.Manner manner = Simulation.Manner.USUAL;
        try {
            for (int i = 0; i < arguments.length; i++) {
                switch (arguments[i]) {
                    case "--seeds" -> seeds = Long.parseLong(arguments[++i]);
                    case "--from" -> from = Long.parseLong(arguments[++i]);
                    case "--seed" -> {
                        from = Long.parseLong(arguments[++i]);
                        one = true;
                    }
                    case "--mistake" ->
                            manner = Simulation.Manner.with(Mutation.valueOf(arguments[++i]));
                    case "--faults" -> manner = Simulation.Manner.with(faults(arguments[++i]));
                    case "-v" -> manner = manner.echoing(Trace.Echo.ALL);
                    default -> {
                        System.err.println("unknown argument " + arguments[i] + "; " + USAGE);
                        System.exit(2);
                    }
                }
            }
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException _) {
            System.err.println("an argument has no value, or a wrong one; " + USAGE);
            System.exit(2);
        }
        System.exit(tell(Sweep.run(from, one ? 1 : seeds, manner)) ? 0 : 1);
    }

    private static List<FaultKind> faults(String names) {
        return Stream.of(names.split(",")).map(FaultKind::valueOf).toList();
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

    /// A seed means something only to the sources it was drawn by.
    private static String commit() {
        try {
            Process git = new ProcessBuilder("git", "describe", "--always", "--dirty").start();
            String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return said.isBlank() ? "unknown" : said.strip();
        } catch (IOException _) {
            return "unknown";
        }
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
        text.append("replay with: ./tamada sim --seed ")
                .append(failure.seed())
                .append(" -v   # at commit ")
                .append(commit())
                .append('\n');
        return text.toString();
    }
}
