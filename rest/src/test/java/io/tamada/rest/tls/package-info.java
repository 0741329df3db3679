/// Tests of the package of the same name.
@NullMarked
package io.tamada.rest.tls;

import org.jspecify.annotations.NullMarked;
