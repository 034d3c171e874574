package io.growalert.monitor.source;

import io.growalert.definitions.Section;
import java.util.Optional;

/** A kind of source, found by {@link java.util.ServiceLoader}; it has a public constructor without parameters. */
public interface SourceType {
    /** The key under {@code sources.NAME} in a definition file, such as {@code postgres}. */
    String key();

    /**
     * Reads and validates the settings without connecting, and {@linkplain Section#finish finishes} the section. Problems are
     * reported to it, and the result is empty.
     */
    Optional<? extends SourceConfig> read(Section settings);
}
