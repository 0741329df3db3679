package io.tamada.chaos.faults;

import java.util.ArrayList;
import java.util.List;

/// One repeat of one row, as a line of the results file.
///
/// @param at date and time, UTC.
/// @param build the commit that was tried.
/// @param leader `changed` or `stayed`.
/// @param note what went wrong, in a line; empty when nothing did.
record Result(
        String at,
        String build,
        String row,
        String variant,
        int repeat,
        long seed,
        Judgement judgement,
        String leader,
        String note) {

    static final String HEADER =
            "at,build,row,variant,repeat,seed,overlap_ms,last_old_ack_ms,first_new_ack_ms,"
                    + "after_thaw_ms,outage_ms,acknowledged_rows,lost_rows,leader,verdict,note";

    private static final int FIELDS = HEADER.split(",", -1).length;
    private static final String PASSED = "passed";

    boolean passed() {
        return judgement.passed();
    }

    String line() {
        return String.join(
                ",",
                at,
                build,
                row,
                variant,
                Integer.toString(repeat),
                Long.toString(seed),
                Long.toString(judgement.overlap()),
                Long.toString(judgement.lastOld()),
                Long.toString(judgement.firstNew()),
                Long.toString(judgement.afterThaw()),
                Long.toString(judgement.outage()),
                Integer.toString(judgement.acknowledged()),
                Integer.toString(judgement.lost()),
                leader,
                passed() ? PASSED : "failed",
                plain(note));
    }

    private static String plain(String text) {
        return text.replaceAll("[\\s,\"]+", " ").strip();
    }

    static Result parse(String line) {
        List<String> fields = new ArrayList<>(List.of(line.split(",", -1)));
        if (fields.size() != FIELDS) {
            throw new IllegalArgumentException(
                    "found %d fields, expected %d: %s".formatted(fields.size(), FIELDS, line));
        }
        boolean passed = fields.get(14).equals(PASSED);
        String note = fields.get(15);
        return new Result(
                fields.get(0),
                fields.get(1),
                fields.get(2),
                fields.get(3),
                Integer.parseInt(fields.get(4)),
                Long.parseLong(fields.get(5)),
                new Judgement(
                        Long.parseLong(fields.get(6)),
                        Long.parseLong(fields.get(7)),
                        Long.parseLong(fields.get(8)),
                        Long.parseLong(fields.get(9)),
                        Long.parseLong(fields.get(10)),
                        Integer.parseInt(fields.get(11)),
                        Integer.parseInt(fields.get(12)),
                        passed ? List.of() : List.of(note)),
                fields.get(13),
                note);
    }
}
