/// The command line: one class a command, and their one list in [CommandLines].
@NullMarked
package io.tamada.agent.cli;

import org.jspecify.annotations.NullMarked;
