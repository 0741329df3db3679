/// What an operator asks of one member's server.
@NullMarked
package io.tamada.core.order;

import org.jspecify.annotations.NullMarked;
