/// Physical replication slots that members need on the leader.
@NullMarked
package io.tamada.core.slot;

import org.jspecify.annotations.NullMarked;
