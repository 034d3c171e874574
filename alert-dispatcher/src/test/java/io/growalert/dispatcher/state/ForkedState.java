package io.growalert.dispatcher.state;

import static org.awaitility.Awaitility.await;

import io.growalert.runtime.entitlement.CustomerPauses;
import io.growalert.runtime.entitlement.EntitlementSettings;
import io.growalert.runtime.entitlement.EntitlementTopic;
import io.growalert.runtime.kafka.KafkaConnection;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/** The alert state in a separate JVM, which can be killed. */
final class ForkedState {
    private ForkedState() {}

    /** Runs until it is killed, or until the end of its input, when its parent is gone. */
    public static void main(String[] args) throws IOException {
        var settings = new StateSettings(
                KafkaConnection.at(args[0]),
                Path.of(args[1]),
                "forked",
                3,
                Duration.ofSeconds(6),
                Duration.ofSeconds(3),
                Duration.ZERO);
        new StateStreams(settings, pauses(args), new SimpleMeterRegistry()).start();
        while (System.in.read() >= 0) {
            // nothing is ever written to it
        }
        Runtime.getRuntime().halt(1);
    }

    private static CustomerPauses pauses(String[] args) {
        if (!Boolean.parseBoolean(args[2])) {
            return CustomerPauses.NONE;
        }
        var enforced = new EntitlementSettings(true, Duration.ofDays(7));
        var pauses = new EntitlementTopic(KafkaConnection.at(args[0]), enforced, InstantSource.system());
        pauses.start();
        await().until(pauses::isReady);
        return pauses;
    }

    static Process start(String bootstrapServers, Path data) throws IOException {
        return start(bootstrapServers, data, false);
    }

    /** @param enforced whether it pauses monitors by growalert.entitlements */
    static Process start(String bootstrapServers, Path data, boolean enforced) throws IOException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        var command = List.of(
                java,
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + data,
                "-Dlogging.level.root=WARN",
                "-cp",
                classes,
                ForkedState.class.getName(),
                bootstrapServers,
                data.toString(),
                String.valueOf(enforced));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        data.resolve("forked.log").toFile()))
                .start();
    }
}
