/// The settings of one agent: a Patroni YAML file, overridden by the environment variables that
/// Patroni documents, read into immutable records. An absent setting means Patroni's documented
/// default. Every value remembers where it was written, so that a mistake is reported with file,
/// line and key.
@NullMarked
package io.tamada.agent.settings;

import org.jspecify.annotations.NullMarked;
