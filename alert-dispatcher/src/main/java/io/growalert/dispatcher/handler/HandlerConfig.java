package io.growalert.dispatcher.handler;

/** A receiver's validated settings: a record, so that a file that says the same again changes nothing. */
public interface HandlerConfig {
    /** The handler of these settings. It connects to nothing yet. */
    Handler open();
}
