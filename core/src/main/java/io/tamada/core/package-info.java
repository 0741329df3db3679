/// The brain of Tamada: facts, rules, decisions and the loop that turns them.
///
/// Nothing here reads a clock, a file, a socket or an environment variable; the world comes in
/// through {@link io.tamada.core.port} and leaves as {@link io.tamada.core.decision.Action}s.
@NullMarked
package io.tamada.core;

import org.jspecify.annotations.NullMarked;
