/// Tests of the package of the same name.
@NullMarked
package io.tamada.rest.health;

import org.jspecify.annotations.NullMarked;
