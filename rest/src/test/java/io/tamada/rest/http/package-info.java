/// Tests of the package of the same name.
@NullMarked
package io.tamada.rest.http;

import org.jspecify.annotations.NullMarked;
