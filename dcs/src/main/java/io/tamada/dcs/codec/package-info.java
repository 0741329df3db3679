/// Patroni's documents in the store: JSON to the core's terms and back, field for field. What
/// others have written is read leniently; what cannot be read never takes the rest of the view
/// with it.
@NullMarked
package io.tamada.dcs.codec;

import org.jspecify.annotations.NullMarked;
