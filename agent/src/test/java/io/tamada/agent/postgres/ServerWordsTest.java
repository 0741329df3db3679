package io.tamada.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ServerWordsTest {

    private static String words(String printed) {
        return ServerWords.of(printed.lines().toList());
    }

    @Test
    void theCauseStandsInFrontAndNothingDiffersFromAttemptToAttempt() {
        String first =
                words(
                        """
                        2026-11-25 14:57:07.123 UTC [101] LOG:  starting PostgreSQL 15.18 (Debian) on x86_64, compiled by gcc
                        2026-11-25 14:57:07.124 UTC [101] LOG:  could not bind IPv4 address "127.0.0.1": Address already in use
                        2026-11-25 14:57:07.124 UTC [101] HINT:  Is another postmaster already running on port 5432?
                        2026-11-25 14:57:07.124 UTC [101] WARNING:  could not create listen socket for "127.0.0.1"
                        2026-11-25 14:57:07.124 UTC [101] FATAL:  could not create any TCP/IP sockets
                        2026-11-25 14:57:07.125 UTC [101] LOG:  database system is shut down
                        """);
        assertThat(first)
                .isEqualTo(
                        "could not bind IPv4 address \"127.0.0.1\": Address already in use"
                                + " | HINT: Is another postmaster already running on port 5432?"
                                + " | WARNING: could not create listen socket for \"127.0.0.1\""
                                + " | FATAL: could not create any TCP/IP sockets");
    }

    @Test
    void aRecoveryThatFailsIsToldAsSuchWithoutProcessIds() {
        assertThat(
                        words(
                                """
                                2026-11-25 14:57:07.123 UTC [9] LOG:  entering standby mode
                                2026-11-25 14:57:07.123 UTC [9] LOG:  redo starts at 0/3000028
                                2026-11-25 14:57:07.123 UTC [12] FATAL:  the database system is starting up
                                2026-11-25 14:57:07.124 UTC [9] PANIC:  could not locate a valid checkpoint record
                                2026-11-25 14:57:07.124 UTC [7] LOG:  startup process (PID 9) was terminated by signal 6: Aborted
                                2026-11-25 14:57:07.124 UTC [7] LOG:  aborting startup due to startup process failure
                                """))
                .isEqualTo(
                        "PANIC: could not locate a valid checkpoint record"
                                + " | startup process was terminated by signal 6: Aborted"
                                + " | aborting startup due to startup process failure"
                                + " | redo starts at 0/3000028");
    }

    @Test
    void otherPrefixesAndOtherLanguagesAreTold() {
        assertThat(words("postgres@app [1-1] FATAL:  invalid value for parameter \"x\": 1"))
                .isEqualTo("FATAL: invalid value for parameter \"x\": 1");
        assertThat(words("2026-11-25 14:57:07.123 UTC [9] SCHWERWIEGEND:  geht nicht"))
                .isEqualTo("SCHWERWIEGEND:  geht nicht");
        assertThat(words("")).isEmpty();
    }
}
