/// Whether a health check passes, as a pure function of what the agent knows.
@NullMarked
package io.tamada.rest.health;

import org.jspecify.annotations.NullMarked;
