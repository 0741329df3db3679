/// Leading without a store, by the consent of every other member (Patroni's `failsafe_mode`).
@NullMarked
package io.tamada.core.failsafe;

import org.jspecify.annotations.NullMarked;
