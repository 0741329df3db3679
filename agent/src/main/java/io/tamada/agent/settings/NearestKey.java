package io.tamada.agent.settings;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/// Finds the key that a mistyped one was meant to be: the known key at the smallest edit distance
/// (Levenshtein), unless even that is further away than half of its letters.
final class NearestKey {

    private NearestKey() {}

    static @Nullable String to(String unknown, Collection<String> known) {
        String nearest = null;
        int smallest = Integer.MAX_VALUE;
        for (String candidate : known) {
            int distance = distance(unknown, candidate);
            if (distance < smallest) {
                smallest = distance;
                nearest = candidate;
            }
        }
        return nearest != null && smallest <= Math.max(2, nearest.length() / 2) ? nearest : null;
    }

    /// One row of the classic table at a time: row[j] is the distance of the first i letters of
    /// `a` from the first j letters of `b`.
    static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(changed, Math.min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
