@NullMarked
package io.tamada.core.quorum;

import org.jspecify.annotations.NullMarked;
