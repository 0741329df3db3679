/// What keeps one agent running: the thread of the loop, its wake-ups, its journal, its signals.
@NullMarked
package io.tamada.agent.run;

import org.jspecify.annotations.NullMarked;
