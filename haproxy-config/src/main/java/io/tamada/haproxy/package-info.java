@NullMarked
package io.tamada.haproxy;

import org.jspecify.annotations.NullMarked;
