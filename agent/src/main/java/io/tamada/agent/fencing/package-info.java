/// What stops PostgreSQL when the loop does not: independent of the loop, of its locks and of its
/// luck.
@NullMarked
package io.tamada.agent.fencing;

import org.jspecify.annotations.NullMarked;
