/// The agent's log: lines in Patroni's layout, written by one thread behind a bounded queue, so
/// that a hung disk or a full pipe never holds up the one who logs.
@NullMarked
package io.tamada.agent.log;

import org.jspecify.annotations.NullMarked;
