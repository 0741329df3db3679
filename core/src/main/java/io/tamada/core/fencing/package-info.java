/// The fencing ladder below the loop: what each rung may do and when, as pure rules.
@NullMarked
package io.tamada.core.fencing;

import org.jspecify.annotations.NullMarked;
