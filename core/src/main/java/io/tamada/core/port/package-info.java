/// The doors to the world. Adapters stand behind them in production, simulations in tests.
@NullMarked
package io.tamada.core.port;

import org.jspecify.annotations.NullMarked;
