/// Tests of the package of the same name.
@NullMarked
package io.tamada.rest.document;

import org.jspecify.annotations.NullMarked;
