package io.tamada.agent.cli;

import picocli.CommandLine.Option;

/// The option of a command that prints rows.
final class FormatOption {

    @Option(
            names = {"-f", "--format"},
            defaultValue = "pretty",
            converter = Format.Converter.class,
            completionCandidates = Format.Words.class,
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Format format = Format.PRETTY;

    Format format() {
        return format;
    }
}
