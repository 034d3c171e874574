package io.growalert.dispatcher.handler;

import io.growalert.definitions.Section;
import java.util.Optional;

/** A kind of receiver, found by {@link java.util.ServiceLoader}; it has a public constructor without parameters. */
public interface HandlerType {
    /** The key under a receiver's name that selects this kind. */
    String key();

    /**
     * Reads the settings below the key, without connecting anywhere. Invalid settings are reported to the section, and the
     * result is empty.
     *
     * @param mail the dispatcher's mail server, the default of handlers that send mail
     */
    Optional<HandlerConfig> read(Section section, MailServer mail);
}
