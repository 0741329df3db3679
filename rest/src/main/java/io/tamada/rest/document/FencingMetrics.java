package io.tamada.rest.document;

import io.tamada.core.fencing.FencingStatus;
import io.tamada.core.fencing.FencingStatus.Rung;
import io.tamada.core.fencing.FencingStatus.State;

/// The rungs of the fencing ladder outside the agent's process; those that are off are left out.
final class FencingMetrics {

    private FencingMetrics() {}

    static void write(Metrics metrics, FencingStatus fencing) {
        rung(metrics, "tamada_guard", fencing.guard());
        if (fencing.guard().state() != State.OFF) {
            metrics.counter(
                            "tamada_guard_kills_total",
                            "Processes that the guard has killed since it began.")
                    .sample("tamada_guard_kills_total", Long.toString(fencing.guard().kills()));
            metrics.counter(
                            "tamada_guard_repairs_total",
                            "How often this agent had to put another guard in place.")
                    .sample("tamada_guard_repairs_total", Long.toString(fencing.guard().repairs()));
        }
        rung(metrics, "tamada_watchdog", fencing.watchdog());
    }

    private static void rung(Metrics metrics, String name, Rung rung) {
        if (rung.state() == State.OFF) {
            return;
        }
        metrics.gauge(name + "_ready", "1 if it is there, 0 if it is wanted and is not.")
                .sample(name + "_ready", flag(rung.state() != State.UNAVAILABLE));
        metrics.gauge(name + "_armed", "1 if it has a deadline, 0 otherwise.")
                .sample(name + "_armed", flag(rung.state() == State.ARMED));
        metrics.gauge(
                        name + "_fired",
                        "1 if the deadline has passed and no server may run, 0 otherwise.")
                .sample(name + "_fired", flag(rung.state() == State.FIRED));
    }

    private static String flag(boolean condition) {
        return condition ? "1" : "0";
    }
}
