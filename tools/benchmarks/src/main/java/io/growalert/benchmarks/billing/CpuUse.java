package io.growalert.benchmarks;

import java.io.IOException;

/** Where the processors' time went, in seconds. */
record Cpu(double billing, double postgres, double kafka, double load, long at) {

    static Cpu now(Backing backing, ServiceProcess billing) throws IOException {
        return new Cpu(
                billing.cpuSeconds(),
                backing.postgres().cpuSeconds(),
                backing.kafka().cpuSeconds(),
                ChildProcess.cpuSeconds(ProcessHandle.current()),
                System.nanoTime());
    }

    Cpu since(Cpu earlier) {
        return new Cpu(
                billing - earlier.billing,
                postgres - earlier.postgres,
                kafka - earlier.kafka,
                load - earlier.load,
                at - earlier.at);
    }

    /** In processors. */
    @Override
    public String toString() {
        double seconds = at / 1e9;
        return "billing %.2f, PostgreSQL %.2f, Kafka %.2f, load %.2f"
                .formatted(billing / seconds, postgres / seconds, kafka / seconds, load / seconds);
    }
}
