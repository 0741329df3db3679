@NullMarked
package io.tamada.agent.settings;

import org.jspecify.annotations.NullMarked;
