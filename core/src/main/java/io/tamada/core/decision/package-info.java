/// The pure decision: an observation in, a rule and a plan out.
@NullMarked
package io.tamada.core.decision;

import org.jspecify.annotations.NullMarked;
