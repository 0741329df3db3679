@NullMarked
package io.tamada.agent.hooks;

import org.jspecify.annotations.NullMarked;
