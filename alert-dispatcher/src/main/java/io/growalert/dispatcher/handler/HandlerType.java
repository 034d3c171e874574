package io.growalert.dispatcher.handler;

import io.growalert.definitions.Section;
import java.util.Optional;

/** A kind of receiver. */
public interface HandlerType {
    /** The key under a receiver's name that says it is of this kind. */
    String key();

    /**
     * Reads the settings below the key, without connecting anywhere. Whatever is wrong is reported to the section; empty
     * then.
     */
    Optional<HandlerConfig> read(Section section);
}
