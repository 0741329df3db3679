package io.tamada.agent.demo;

import java.io.PrintStream;
import java.util.List;

/// Where the demo talks to its user: lines that stay, and one block that is drawn over.
interface Screen {

    /// A line that stays.
    void say(String line);

    /// The latest state.
    ///
    /// @param story equal for two blocks that are not worth printing twice
    void show(List<String> block, String story);

    /// What the block says as well: a line every now and then where blocks do not redraw.
    void remark(String line);

    /// The last block stays as it is.
    void end();

    /// Whether whoever reads is gone (`demo | head`).
    boolean isClosed();

    /// On a terminal: the block is redrawn in place, below the lines.
    final class Terminal implements Screen {

        private static final String ERASE_BELOW = "\033[J";

        /// A line that wraps would take two rows, and the next redraw would miss one.
        private static final String CUT_LONG_LINES = "\033[?7l";

        private static final String WRAP_LONG_LINES = "\033[?7h";

        private final PrintStream out;
        private List<String> block = List.of();

        Terminal(PrintStream out) {
            this.out = out;
        }

        @Override
        public synchronized void say(String line) {
            out.print(erase() + line + "\n" + draw());
            out.flush();
        }

        @Override
        public synchronized void show(List<String> next, String story) {
            String erase = erase();
            block = List.copyOf(next);
            out.print(erase + draw());
            out.flush();
        }

        @Override
        public void remark(String line) {
            // The block has it.
        }

        @Override
        public synchronized void end() {
            block = List.of();
            out.flush();
        }

        @Override
        public boolean isClosed() {
            return out.checkError();
        }

        private String erase() {
            return block.isEmpty() ? "" : "\033[%dA\r".formatted(block.size()) + ERASE_BELOW;
        }

        private String draw() {
            return block.isEmpty()
                    ? ""
                    : CUT_LONG_LINES + String.join("\n", block) + "\n" + WRAP_LONG_LINES;
        }
    }

    /// Into a file or a pipe: the block is printed when its story has changed.
    final class Plain implements Screen {

        private final PrintStream out;
        private String lastStory = "";

        Plain(PrintStream out) {
            this.out = out;
        }

        @Override
        public synchronized void say(String line) {
            out.println(line);
            out.flush();
        }

        @Override
        public synchronized void show(List<String> block, String story) {
            if (!story.equals(lastStory)) {
                lastStory = story;
                block.forEach(out::println);
                out.flush();
            }
        }

        @Override
        public void remark(String line) {
            say(line);
        }

        @Override
        public void end() {
            out.flush();
        }

        @Override
        public boolean isClosed() {
            return out.checkError();
        }
    }
}
