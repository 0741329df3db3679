@NullMarked
package io.tamada.rest;

import org.jspecify.annotations.NullMarked;
