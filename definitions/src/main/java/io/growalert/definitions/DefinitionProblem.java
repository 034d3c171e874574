package io.growalert.definitions;

/**
 * Something wrong in a file.
 *
 * @param key the offending key with its path, such as {@code monitors[2].fail.above}
 * @param message what is there and what was expected
 */
public record DefinitionProblem(Place place, String key, String message) {
    @Override
    public String toString() {
        return key.isEmpty() ? place + ": " + message : place + ": " + key + ": " + message;
    }
}
