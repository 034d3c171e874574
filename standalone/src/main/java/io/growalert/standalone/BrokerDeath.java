package io.growalert.standalone;

import java.io.PrintStream;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.utils.Exit;

/** Kafka ends the whole JVM when its broker fails. Before that, a line explains it and the rest is stopped. */
final class BrokerDeath {
    private BrokerDeath() {}

    static void explain(PrintStream err, DataFolder data) {
        Exit.Procedure end = (_, _) -> {
            err.println("growalert: the Kafka broker failed, so everything stops; see %s for the reason"
                    .formatted(data.logs().resolve("growalert.log")));
            Thread.ofPlatform().daemon().start(() -> System.exit(1));
            while (true) {
                LockSupport.park(); // Kafka relies on this call not to return
            }
        };
        Exit.setExitProcedure(end);
        Exit.setHaltProcedure(end);
    }
}
