/// The client side: asking other members for their status in a leader race.
@NullMarked
package io.tamada.rest.peer;

import org.jspecify.annotations.NullMarked;
