package io.tamada.agent.cli;

import picocli.CommandLine.Mixin;

/// A command that takes `-c` and `-d`, before or after its name.
abstract class StoreCommand extends OperatorCommand {

    @Mixin private StoreOptions options = new StoreOptions();

    @Override
    StoreOptions place() {
        return options;
    }
}
