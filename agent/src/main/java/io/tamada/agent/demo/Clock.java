package io.tamada.agent.demo;

import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/// The time of day as the demo's lines begin with it.
final class Clock {

    private static final DateTimeFormatter FORM = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");

    private Clock() {}

    static String now() {
        return LocalTime.now(ZoneId.systemDefault()).format(FORM);
    }
}
