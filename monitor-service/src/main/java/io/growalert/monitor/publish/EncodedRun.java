package io.growalert.monitor.publish;

import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The records of a whole run.
 *
 * @param records its parts, in order
 * @param bytes an estimate of its memory
 */
public record EncodedRun(List<ProducerRecord<String, byte[]>> records, long bytes) {
    /** Key, headers and objects of one record, by estimate. */
    private static final int OVERHEAD = 1_000;

    EncodedRun(List<ProducerRecord<String, byte[]>> records) {
        this(List.copyOf(records), records.stream().mapToLong(EncodedRun::bytes).sum());
    }

    static long bytes(ProducerRecord<String, byte[]> record) {
        return (long) record.value().length + OVERHEAD;
    }
}
