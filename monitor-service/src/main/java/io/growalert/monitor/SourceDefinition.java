package io.growalert.monitor;

import io.growalert.monitor.source.SourceConfig;

/**
 * A source as a definition file gives it.
 *
 * @param limit how many queries may run at the same time, at least 1
 */
public record SourceDefinition(SourceConfig config, int limit) {
    static final int DEFAULT_LIMIT = 8;
}
