package io.tamada.agent.settings;

import java.util.List;

/// What reading the settings gave. Each text is one line for the operator: place, key, what was
/// found, what was expected.
public sealed interface SettingsResult {

    List<String> warnings();

    record Loaded(AgentSettings settings, List<String> warnings) implements SettingsResult {}

    record Refused(List<String> errors, List<String> warnings) implements SettingsResult {}
}
