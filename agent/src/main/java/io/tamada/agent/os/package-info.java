/// The few system calls that Java does not offer, by the foreign function interface.
@NullMarked
package io.tamada.agent.os;

import org.jspecify.annotations.NullMarked;
