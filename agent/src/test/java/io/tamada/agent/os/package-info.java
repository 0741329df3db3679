@NullMarked
package io.tamada.agent.os;

import org.jspecify.annotations.NullMarked;
