/// Tests against a real HAProxy with small members made of the JDK's own HTTP server and sockets.
@NullMarked
package io.tamada.haproxy;

import org.jspecify.annotations.NullMarked;
