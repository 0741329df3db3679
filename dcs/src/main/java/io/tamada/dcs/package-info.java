@NullMarked
package io.tamada.dcs;

import org.jspecify.annotations.NullMarked;
