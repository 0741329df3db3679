@NullMarked
package io.tamada.agent.journal;

import org.jspecify.annotations.NullMarked;
