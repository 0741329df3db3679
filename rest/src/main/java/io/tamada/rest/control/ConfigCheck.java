package io.tamada.rest.control;

import java.util.List;

/// Looks at a dynamic configuration before it is written.
@FunctionalInterface
public interface ConfigCheck {

    /// @return a sentence for each thing that the server, or this agent, could not work with.
    List<String> mistakes(String json);
}
