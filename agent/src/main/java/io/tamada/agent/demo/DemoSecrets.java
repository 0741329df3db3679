package io.tamada.agent.demo;

import java.security.SecureRandom;

/// Passwords made up for one demo, of letters and digits so that they need no quoting anywhere.
record DemoSecrets(String superuser, String replication, String rewind, String application) {

    private static final String ALPHABET =
            "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    private static final int LENGTH = 20;

    static DemoSecrets random() {
        var random = new SecureRandom();
        return new DemoSecrets(word(random), word(random), word(random), word(random));
    }

    @Override
    public String toString() {
        return "DemoSecrets[]";
    }

    private static String word(SecureRandom random) {
        var word = new StringBuilder(LENGTH);
        for (int i = 0; i < LENGTH; i++) {
            word.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return word.toString();
    }
}
