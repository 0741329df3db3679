/// What people and tools ask of a cluster: other leaders, other settings, restarts. Answers, status
/// codes and short texts are Patroni's, since scripts read them.
@NullMarked
package io.tamada.rest.control;

import org.jspecify.annotations.NullMarked;
