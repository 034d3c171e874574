package io.growalert.benchmarks.billing;

import io.growalert.benchmarks.process.ChildProcess;
import io.growalert.benchmarks.process.ServiceProcess;
import java.io.IOException;

/** Where the processors' time went, in seconds. */
public record CpuUse(double billing, double postgres, double kafka, double load, long at) {

    public static CpuUse now(BillingServers backing, ServiceProcess billing) throws IOException {
        return new CpuUse(
                billing.cpuSeconds(),
                backing.postgres().cpuSeconds(),
                backing.kafka().cpuSeconds(),
                ChildProcess.cpuSeconds(ProcessHandle.current()),
                System.nanoTime());
    }

    public CpuUse since(CpuUse earlier) {
        return new CpuUse(
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
