/// The leader lease: who holds it, until when it may be believed, and the arithmetic of its
/// times.
@NullMarked
package io.tamada.core.lease;

import org.jspecify.annotations.NullMarked;
