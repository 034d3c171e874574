package io.growalert.dispatcher.notify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class ParkedLogTest {
    @Test
    void many_deliveries_of_one_receiver_are_one_line(CapturedOutput output) {
        var log = new ParkedLog();
        for (int delivery = 0; delivery < 150; delivery++) {
            log.add("ops", "HTTP 410");
        }
        log.add("night", "HTTP 410");

        assertThat(log.report()).isTrue();
        assertThat(log.report()).isFalse();

        assertThat(output.toString().lines().filter(line -> line.contains("Deliveries parked")))
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).contains("ERROR"));
    }
}
