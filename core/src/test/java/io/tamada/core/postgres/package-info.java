@NullMarked
package io.tamada.core.postgres;

import org.jspecify.annotations.NullMarked;
