package io.tamada.chaos.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Why a row failed up to a moment and does not any more, as a line of docs/faults-mended.csv. The
/// failed results stay where they are.
///
/// @param at date and time, UTC: failures until then had this cause.
/// @param how what the cause was, and what was changed.
record Mended(String at, String row, String variant, String how) {

    private static final int FIELDS = 4;

    boolean covers(Result failure) {
        return failure.row().equals(row)
                && failure.variant().equals(variant)
                && failure.at().compareTo(at) <= 0;
    }

    static List<Mended> read(Path file) {
        try {
            return Files.readAllLines(file).stream().skip(1).map(Mended::parse).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Mended parse(String line) {
        String[] fields = line.split(",", FIELDS);
        if (fields.length != FIELDS) {
            throw new IllegalArgumentException("expected at,row,variant,how: " + line);
        }
        return new Mended(fields[0], fields[1], fields[2], fields[3]);
    }
}
