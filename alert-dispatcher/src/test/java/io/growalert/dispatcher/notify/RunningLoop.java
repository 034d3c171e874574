package io.growalert.dispatcher.notify;

import java.time.Duration;

/** A dispatch loop that runs until it is closed. */
record RunningLoop(DispatchLoop dispatch) implements AutoCloseable {
    @Override
    public void close() {
        dispatch.loop().stop();
        dispatch.settle(Duration.ofSeconds(2));
    }
}
