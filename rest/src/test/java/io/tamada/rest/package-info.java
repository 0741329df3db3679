/// Tests of the package of the same name.
@NullMarked
package io.tamada.rest;

import org.jspecify.annotations.NullMarked;
