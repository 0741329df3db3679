package io.tamada.rest.document;

import java.nio.charset.StandardCharsets;

/// Builds a text of the Prometheus exposition format, version 0.0.4 (Prometheus documentation,
/// "Exposition formats").
final class Metrics {

    private final StringBuilder text = new StringBuilder(8 * 1024);
    private final String labels;

    /// @param labels those of every sample, without braces.
    Metrics(String labels) {
        this.labels = labels;
    }

    /// A label with its value quoted and escaped.
    static String label(String name, String value) {
        String escaped = value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
        return name + "=\"" + escaped + "\"";
    }

    Metrics gauge(String name, String help) {
        return family(name, "gauge", help);
    }

    Metrics counter(String name, String help) {
        return family(name, "counter", help);
    }

    private Metrics family(String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
        return this;
    }

    Metrics sample(String name, String value) {
        text.append(name).append('{').append(labels).append("} ").append(value).append('\n');
        return this;
    }

    Metrics sample(String name, String moreLabels, String value) {
        text.append(name).append('{').append(labels).append(',').append(moreLabels).append("} ");
        text.append(value).append('\n');
        return this;
    }

    byte[] bytes() {
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
