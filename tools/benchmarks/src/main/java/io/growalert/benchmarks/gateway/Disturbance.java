package io.growalert.benchmarks.gateway;

import java.util.Map;

/** A load that disturbs other clients until it is closed. */
interface Disturbance extends AutoCloseable {

    /** How often each status and code came, and further counts; complete once it is closed. */
    Map<String, Long> outcomes();

    @Override
    void close();
}
