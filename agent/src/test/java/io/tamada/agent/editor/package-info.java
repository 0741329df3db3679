@NullMarked
package io.tamada.agent.editor;

import org.jspecify.annotations.NullMarked;
