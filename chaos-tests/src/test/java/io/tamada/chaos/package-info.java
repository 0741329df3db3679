@NullMarked
package io.tamada.chaos;

import org.jspecify.annotations.NullMarked;
