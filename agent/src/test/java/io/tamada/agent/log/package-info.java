@NullMarked
package io.tamada.agent.log;

import org.jspecify.annotations.NullMarked;
