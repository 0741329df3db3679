package io.tamada.agent.demo;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Single keys from a terminal, without Return. Ctrl-C stays what it is.
final class Keyboard implements AutoCloseable {

    enum Key {
        KILL,
        REVIVE,
        QUIT
    }

    private static final int STTY_SECONDS = 5;
    private static final int UNREAD_KEYS = 16;

    private final BlockingQueue<Key> keys = new ArrayBlockingQueue<>(UNREAD_KEYS);
    private final @Nullable String savedSettings;

    private Keyboard(@Nullable String savedSettings) {
        this.savedSettings = savedSettings;
    }

    /// Of the terminal, if there is one that lets us.
    static Keyboard ofTerminal() {
        String saved = stty("-g");
        if (saved == null || stty("-icanon", "-echo", "min", "1", "time", "0") == null) {
            return none();
        }
        var keyboard = new Keyboard(saved);
        Thread.ofPlatform().name("keyboard").daemon(true).start(keyboard::read);
        return keyboard;
    }

    static Keyboard none() {
        return new Keyboard(null);
    }

    boolean isThere() {
        return savedSettings != null;
    }

    /// The next key, or null when none comes in time.
    @Nullable Key next(Duration patience) throws InterruptedException {
        return keys.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void read() {
        try {
            for (int letter = System.in.read(); letter >= 0; letter = System.in.read()) {
                Key key =
                        switch (Character.toLowerCase(letter)) {
                            case 'k' -> Key.KILL;
                            case 'r' -> Key.REVIVE;
                            case 'q' -> Key.QUIT;
                            default -> null;
                        };
                // A key too many is dropped: whoever leans on one does not mean it.
                boolean _ = key != null && keys.offer(key);
            }
        } catch (IOException _) {
            // The terminal is gone, and with it the keys.
        }
    }

    @Override
    public void close() {
        if (savedSettings != null) {
            stty(savedSettings);
        }
    }

    private static @Nullable String stty(String... arguments) {
        var command = new java.util.ArrayList<String>();
        command.add("stty");
        command.addAll(java.util.List.of(arguments));
        try {
            Process stty =
                    new ProcessBuilder(command)
                            .redirectInput(new File("/dev/tty"))
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            String answer =
                    new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                            .strip();
            return stty.waitFor(STTY_SECONDS, TimeUnit.SECONDS) && stty.exitValue() == 0
                    ? answer
                    : null;
        } catch (IOException _) {
            return null;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
