/// Positions in PostgreSQL's write-ahead log, and the history of its timelines.
@NullMarked
package io.tamada.core.wal;

import org.jspecify.annotations.NullMarked;
