/// The user's editor: a program that is waited for, in the foreground, by commands for operators.
@NullMarked
package io.tamada.agent.editor;

import org.jspecify.annotations.NullMarked;
