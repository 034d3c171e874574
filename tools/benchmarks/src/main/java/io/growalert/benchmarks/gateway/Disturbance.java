package io.growalert.benchmarks.gateway;

import java.util.Map;

/** What others suffer from, until it is closed. */
interface Disturbance extends AutoCloseable {

    /** How often each status and code came, and what else there is to tell; complete once it is closed. */
    Map<String, Long> outcomes();

    @Override
    void close();
}
