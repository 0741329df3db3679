/// TLS material from PEM files, for the server and for asking peers.
@NullMarked
package io.tamada.rest.tls;

import org.jspecify.annotations.NullMarked;
