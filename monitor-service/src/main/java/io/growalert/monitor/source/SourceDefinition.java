package io.growalert.monitor.source;

/**
 * A source in a definition file.
 *
 * @param limit how many queries may run at the same time, at least 1
 */
public record SourceDefinition(SourceConfig config, int limit) {
    public static final int DEFAULT_LIMIT = 8;
}
