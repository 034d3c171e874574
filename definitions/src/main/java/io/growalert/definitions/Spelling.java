package io.growalert.definitions;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Suggestions for misspelled keys. */
final class Spelling {
    private static final int CLOSE = 2;

    private Spelling() {}

    /** The closest word, at a distance of at most two letters. */
    static Optional<String> closest(String written, Collection<String> words) {
        return words.stream()
                .filter(word -> distance(written, word) <= Math.min(CLOSE, word.length() - 1))
                .min(Comparator.comparingInt(word -> distance(written, word)));
    }

    /** The number of letters to insert, remove or replace (Levenshtein), ignoring case. */
    private static int distance(String a, String b) {
        if (Math.abs(a.length() - b.length()) > CLOSE) {
            return Integer.MAX_VALUE;
        }
        var row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                boolean same = Character.toLowerCase(a.charAt(i - 1)) == Character.toLowerCase(b.charAt(j - 1));
                int replaced = same ? diagonal : diagonal + 1;
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
