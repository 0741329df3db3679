/// Tests of the package of the same name.
@NullMarked
package io.tamada.rest.peer;

import org.jspecify.annotations.NullMarked;
