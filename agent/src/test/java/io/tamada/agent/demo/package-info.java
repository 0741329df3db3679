@NullMarked
package io.tamada.agent.demo;

import org.jspecify.annotations.NullMarked;
