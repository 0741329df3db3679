/// Instants of one monotonic clock. Wall clocks never take part in a decision.
@NullMarked
package io.tamada.core.time;

import org.jspecify.annotations.NullMarked;
