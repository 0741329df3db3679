/// The arrows between the modules, and which library each of them may see.
@NullMarked
package io.tamada.chaos.architecture;

import org.jspecify.annotations.NullMarked;
