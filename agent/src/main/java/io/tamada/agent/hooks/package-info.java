/// What a user has the agent run at certain moments, and when those moments are.
@NullMarked
package io.tamada.agent.hooks;

import org.jspecify.annotations.NullMarked;
