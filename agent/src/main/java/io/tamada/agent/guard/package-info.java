/// The agent's end of the guard: starting the program, speaking to it, and looking after it.
@NullMarked
package io.tamada.agent.guard;

import org.jspecify.annotations.NullMarked;
