/// Patroni's documents, read and written.
@NullMarked
package io.tamada.dcs.codec;

import org.jspecify.annotations.NullMarked;
