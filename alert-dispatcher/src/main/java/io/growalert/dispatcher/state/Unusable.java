package io.growalert.dispatcher.state;

/** A readable record that is invalid here; it is dead-lettered with this message, and changes nothing. */
final class Unusable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unusable(String reason) {
        super(reason);
    }
}
