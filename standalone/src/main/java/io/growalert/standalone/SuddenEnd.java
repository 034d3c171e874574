package io.growalert.standalone;

import java.io.PrintStream;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.utils.Exit;

/** The end of the whole JVM when one of its embedded servers failed: a line explains it, and the rest is stopped. */
final class SuddenEnd {
    private SuddenEnd() {}

    /** Kafka ends the whole JVM when its broker fails; from now on this class does. */
    static void explainBroker(PrintStream err, DataFolder data) {
        Exit.Procedure end = (_, _) -> {
            because("the Kafka broker failed", err, data);
            while (true) {
                LockSupport.park(); // Kafka relies on this call not to return
            }
        };
        Exit.setExitProcedure(end);
        Exit.setHaltProcedure(end);
    }

    /** Returns at once. */
    static void because(String reason, PrintStream err, DataFolder data) {
        err.println("growalert: %s, so everything stops; see %s for the reason"
                .formatted(reason, data.logs().resolve("growalert.log")));
        Thread.ofPlatform().daemon().start(() -> System.exit(1));
    }
}
