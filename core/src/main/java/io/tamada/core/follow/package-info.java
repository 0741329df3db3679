/// Which member another one takes its data from.
@NullMarked
package io.tamada.core.follow;

import org.jspecify.annotations.NullMarked;
