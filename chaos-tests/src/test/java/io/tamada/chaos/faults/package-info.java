/// Faults done to clusters of real processes, and what may be seen of them: a table of rows, each
/// repeated, with writers pinned to every node and a judge that reads their acknowledgements.
@NullMarked
package io.tamada.chaos.faults;

import org.jspecify.annotations.NullMarked;
