/// The shell around the decision: observe, decide, run the plan, publish what is known.
@NullMarked
package io.tamada.core.loop;

import org.jspecify.annotations.NullMarked;
