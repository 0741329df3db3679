package io.tamada.haproxy;

import java.time.Duration;

/// How often health is asked, and how many answers change a verdict.
///
/// The worst case from "the old primary answers 503" to "the new one gets connections", with the
/// figures of [#forFailoverInASecond()]: half a second until the next check, a quarter until the
/// one that confirms it; the new primary is noticed within a quarter of a second of its
/// promotion.
///
/// @param whileUp between checks of a server that is up and steady (`inter`)
/// @param whileChanging between checks of a server about to change state (`fastinter`)
/// @param whileDown between checks of a server that is down (`downinter`)
/// @param answer how long one answer may take; a stopped agent costs this once a check
/// @param successes good answers in a row that bring a server up (`rise`)
/// @param failures bad answers in a row that take it down (`fall`)
public record CheckTiming(
        Duration whileUp,
        Duration whileChanging,
        Duration whileDown,
        Duration answer,
        int successes,
        int failures) {

    public CheckTiming {
        if (whileUp.toMillis() < 1
                || whileChanging.toMillis() < 1
                || whileDown.toMillis() < 1
                || answer.toMillis() < 1) {
            throw new IllegalArgumentException("check intervals are at least one millisecond");
        }
        if (successes < 1 || failures < 1) {
            throw new IllegalArgumentException("a verdict takes at least one answer");
        }
    }

    public static CheckTiming forFailoverInASecond() {
        return new CheckTiming(
                Duration.ofMillis(500),
                Duration.ofMillis(250),
                Duration.ofMillis(250),
                Duration.ofMillis(500),
                1,
                2);
    }
}
