/// Who may become leader when there is none.
@NullMarked
package io.tamada.core.failover;

import org.jspecify.annotations.NullMarked;
