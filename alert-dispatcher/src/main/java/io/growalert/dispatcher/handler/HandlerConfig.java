package io.growalert.dispatcher.handler;

/** A receiver's validated settings; a record, so that a reload of equal settings keeps the open handler. */
public interface HandlerConfig {
    /** Creates the handler of these settings, without connecting anywhere. */
    Handler open();

    /** Whether the receiver may be notified of several alerts in one message. */
    default boolean acceptsGroups() {
        return true;
    }
}
