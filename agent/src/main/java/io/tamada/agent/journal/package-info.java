/// What this node has decided and seen, kept on its own disk for `tamada events` and `tamada why`.
@NullMarked
package io.tamada.agent.journal;

import org.jspecify.annotations.NullMarked;
