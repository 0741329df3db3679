@NullMarked
package io.tamada.core.fencing;

import org.jspecify.annotations.NullMarked;
