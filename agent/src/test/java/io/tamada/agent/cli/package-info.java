@NullMarked
package io.tamada.agent.cli;

import org.jspecify.annotations.NullMarked;
