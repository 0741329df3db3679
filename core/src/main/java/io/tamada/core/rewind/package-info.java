/// Whether an instance has left the leader's line of history.
@NullMarked
package io.tamada.core.rewind;

import org.jspecify.annotations.NullMarked;
