@NullMarked
package io.tamada.core.failsafe;

import org.jspecify.annotations.NullMarked;
