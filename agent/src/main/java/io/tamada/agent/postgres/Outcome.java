package io.tamada.agent.postgres;

/// How an operation has ended.
sealed interface Outcome {

    Outcome DONE = new Done();
    Outcome CANCELLED = new Cancelled();

    record Done() implements Outcome {}

    record Failed(String reason) implements Outcome {}

    /// The user's script has forbidden it.
    record Vetoed(String reason) implements Outcome {}

    /// A stop was asked for.
    record Cancelled() implements Outcome {}
}
