package io.growalert.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The code in README.md is the code here, word for word; so it compiles, and does what is said there. */
class ReadmeTest {
    @Test
    @SuppressWarnings("SystemOut") // it is what the reader would write
    void the_three_steps_work() {
        Check diskSpace = context -> Files.getFileStore(Path.of("/")).getUsableSpace() > 1_000_000_000
                ? CheckOutcome.passed()
                : CheckOutcome.failed(new IOException("less than 1 GB left"));

        Alert print = (monitor, context, errors) -> System.out.println(monitor + " failed: " + errors);

        Monitors monitors = Monitors.builder().start();
        monitors.add(Monitor.named("disk-space")
                .check(diskSpace)
                .alert(Alert.once(print))
                .every(Duration.ofSeconds(30))
                .timeout(Duration.ofSeconds(5))
                .build());

        assertThat(monitors.names()).containsExactly("disk-space");
        monitors.close();
    }

    @Test
    void a_test_drives_the_time_itself() {
        AtomicInteger runs = new AtomicInteger();
        Monitor monitor = Monitor.named("disk-space")
                .check(context -> {
                    runs.incrementAndGet();
                    return CheckOutcome.passed();
                })
                .every(Duration.ofSeconds(30))
                .build();

        ManualMonitors monitors = Monitors.manual(Instant.parse("2026-11-24T12:00:00Z"));
        monitors.add(monitor);
        monitors.tick(Duration.ofMinutes(5)); // ten runs of a monitor at 30 s, on this thread

        assertThat(runs).hasValue(10);
    }

    @Test
    void an_interval_is_a_lambda() {
        Monitor monitor = Monitor.named("disk-space")
                .check(context -> CheckOutcome.passed())
                .interval(history -> Duration.ofSeconds(history.consecutiveFailures() > 0 ? 5 : 60))
                .build();

        assertThat(monitor.interval().next(RunHistory.NONE)).hasMinutes(1);
    }

    @Test
    void the_code_of_the_readme_is_the_code_of_this_test() throws IOException {
        var test = squeezed(Files.readString(Path.of("src/test/java/io/growalert/alerts/ReadmeTest.java")));
        var fenced = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("README.md")))
                .results()
                .map(block -> squeezed(block.group(1)));

        assertThat(fenced).hasSize(3).allSatisfy(code -> assertThat(test).contains(code));
    }

    private static String squeezed(String code) {
        return code.replaceAll("\\s+", " ").strip();
    }
}
