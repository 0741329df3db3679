/// Whether a requested change of leader can be done, and by whom.
@NullMarked
package io.tamada.core.switchover;

import org.jspecify.annotations.NullMarked;
