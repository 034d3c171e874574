package io.growalert.dispatcher.pause;

import java.util.Set;

/** Whether monitors are paused: their incidents stay, and are not notified again. */
public interface Pausing {
    /** Pauses nothing. */
    Pausing NONE = new Pausing() {
        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public boolean isPaused(String monitor) {
            return false;
        }

        @Override
        public Set<String> monitors() {
            return Set.of();
        }
    };

    /**
     * Whether the answers are final; false for at most 10 s after the start, in which no notification is repeated. What is notified for the first
     * time never waits for it.
     */
    boolean isReady();

    /** @param monitor the monitor's id */
    boolean isPaused(String monitor);

    /** The ids of all paused monitors. */
    Set<String> monitors();
}
