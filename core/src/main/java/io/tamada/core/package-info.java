@NullMarked
package io.tamada.core;

import org.jspecify.annotations.NullMarked;
