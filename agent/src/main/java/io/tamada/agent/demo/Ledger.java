package io.tamada.agent.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// Which rows the database has acknowledged, as unbroken runs of their numbers. A number whose
/// write failed is never used again, so every interruption ends a run.
final class Ledger {

    /// Rows `first` to `last`, both acknowledged and all between them.
    record Run(long first, long last) {
        long rows() {
            return last - first + 1;
        }
    }

    /// What the database has of a run.
    ///
    /// @param highest the highest number of the run that is there
    record Found(long rows, OptionalLong highest) {}

    /// @param lostByFailover acknowledged rows that went with a dead primary: the newest of a
    ///     run, at an interruption, which asynchronous replication may lose
    /// @param lostOtherwise acknowledged rows that nothing may lose
    record Verdict(long acknowledged, long lostByFailover, long lostOtherwise) {

        boolean isSound() {
            return lostOtherwise == 0;
        }

        String describe() {
            String text = acknowledged + " writes acknowledged";
            if (lostByFailover == 0 && lostOtherwise == 0) {
                return text + ", every one of them there";
            }
            if (lostByFailover > 0) {
                text += ", %d lost by asynchronous failover".formatted(lostByFailover);
            }
            return lostOtherwise == 0
                    ? text + ", every other one there"
                    : text + ", %d MISSING without an excuse".formatted(lostOtherwise);
        }
    }

    /// Counts rows in the database.
    interface Lookup<E extends Exception> {
        Found find(Run run) throws E;
    }

    private final List<Run> runs = new ArrayList<>();

    synchronized void acknowledged(long number) {
        if (!runs.isEmpty() && runs.getLast().last() + 1 == number) {
            runs.set(runs.size() - 1, new Run(runs.getLast().first(), number));
        } else {
            runs.add(new Run(number, number));
        }
    }

    synchronized List<Run> runs() {
        return List.copyOf(runs);
    }

    synchronized long rows() {
        long rows = 0;
        for (Run run : runs) {
            rows += run.rows();
        }
        return rows;
    }

    /// Compares with the database. Only the end of a run that an interruption ended can be
    /// excused.
    <E extends Exception> Verdict verify(Lookup<E> database) throws E {
        List<Run> all = runs();
        long acknowledged = 0;
        long byFailover = 0;
        long otherwise = 0;
        for (int index = 0; index < all.size(); index++) {
            Run run = all.get(index);
            Found found = database.find(run);
            long missing = run.rows() - found.rows();
            long atTheEnd =
                    found.highest().isPresent()
                            ? run.last() - found.highest().getAsLong()
                            : run.rows();
            boolean interrupted = index < all.size() - 1;
            long excused = interrupted ? Math.min(atTheEnd, missing) : 0;
            acknowledged += run.rows();
            byFailover += excused;
            otherwise += missing - excused;
        }
        return new Verdict(acknowledged, byFailover, otherwise);
    }
}
