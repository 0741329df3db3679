/// How a request becomes an answer: paths, parameters, verbs, connections and their limits.
@NullMarked
package io.tamada.rest.http;

import org.jspecify.annotations.NullMarked;
