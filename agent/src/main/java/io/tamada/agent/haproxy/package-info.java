/// The command that prints a proxy's configuration, from a list of members or from a live
/// cluster.
@NullMarked
package io.tamada.agent.haproxy;

import org.jspecify.annotations.NullMarked;
