@NullMarked
package io.tamada.agent.run;

import org.jspecify.annotations.NullMarked;
