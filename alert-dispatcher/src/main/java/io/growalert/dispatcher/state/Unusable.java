package io.growalert.dispatcher.state;

/** A record that can be read and makes no sense here; it is dead-lettered with this message, and nothing has changed. */
final class Unusable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unusable(String reason) {
        super(reason);
    }
}
