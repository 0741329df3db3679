package io.tamada.agent.settings;

/// Where a value was written: a line of a file, or an environment variable (line 0).
record Origin(String source, int line) {

    static Origin environment(String variable) {
        return new Origin("environment variable " + variable, 0);
    }

    @Override
    public String toString() {
        return line > 0 ? source + ":" + line : source;
    }
}
