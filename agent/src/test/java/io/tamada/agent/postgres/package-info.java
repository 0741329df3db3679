@NullMarked
package io.tamada.agent.postgres;

import org.jspecify.annotations.NullMarked;
