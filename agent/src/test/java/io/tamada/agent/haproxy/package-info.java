@NullMarked
package io.tamada.agent.haproxy;

import org.jspecify.annotations.NullMarked;
