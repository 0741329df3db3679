package io.tamada.chaos.simulation;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Many runs side by side on all processors, every one on one thread, and what they cost.
///
/// @param processorNanos of this process, over all its threads, from the first run to the last.
record Sweep(List<Simulation.Result> results, long elapsedNanos, long processorNanos) {

    private static final double NANOS_A_MINUTE = 60e9;
    private static final double NANOS_AN_HOUR = 3600e9;

    Sweep {
        results = List.copyOf(results);
    }

    static Sweep run(long from, long seeds, Simulation.Manner manner) throws InterruptedException {
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors());
        long began = System.nanoTime();
        long spent = processorNanosSoFar();
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
            return new Sweep(results, System.nanoTime() - began, processorNanosSoFar() - spent);
        }
    }

    private static long processorNanosSoFar() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }

    RunReport total() {
        RunReport total = new RunReport();
        for (Simulation.Result result : results) {
            total.add(result.report());
        }
        return total;
    }

    List<Simulation.Result> failures() {
        return results.stream().filter(result -> result.violation() != null).toList();
    }

    /// What two processors that have nothing else to do would make in a minute: a figure that does
    /// not depend on what else the machine is doing.
    double virtualHoursAMinuteOnTwoProcessors() {
        return virtualHours() / (processorNanos / 2.0 / NANOS_A_MINUTE);
    }

    String speed() {
        return String.format(
                "%-16s %.0f virtual hours in this minute's time, %.0f on two processors alone%n",
                "speed",
                virtualHours() / (elapsedNanos / NANOS_A_MINUTE),
                virtualHoursAMinuteOnTwoProcessors());
    }

    private double virtualHours() {
        return total().virtualNanos / NANOS_AN_HOUR;
    }
}
