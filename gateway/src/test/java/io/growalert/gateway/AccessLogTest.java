package io.growalert.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class AccessLogTest {
    @Test
    void a_request_leaves_a_line_that_tells_nothing_of_a_person(CapturedOutput output) throws Exception {
        try (var gateway = new RunningGateway()) {
            gateway.send(gateway.request("/renew-session?token=confidential")
                    .header("Cookie", "session=confidential")
                    .header("User-Agent", "confidential")
                    .header("X-Request-Id", "request-12345"));

            await().untilAsserted(() -> assertThat(output.getAll())
                    .contains("Answered requestId=\"request-12345\" route=\"customers\" method=\"GET\" status=\"200\"")
                    .contains("network=\"127.0.0.0/24\""));
            var line = output.getAll()
                    .lines()
                    .filter(text -> text.contains("request-12345"))
                    .toList();
            assertThat(line).singleElement().asString().doesNotContain("confidential", "127.0.0.1", "renew-session");
        }
    }
}
