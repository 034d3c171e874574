package io.growalert.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.model.Customer;
import com.stripe.net.RequestOptions;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.CustomerListParams;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestartTest {
    @TempDir
    private Path folder;

    @Test
    void an_acknowledged_change_survives_a_kill() throws Exception {
        var journal = folder.resolve("sandbox.jsonl");
        var answered = new ArrayList<String>();
        var process = spawn(journal);
        try {
            var stripe = client(address(process));
            for (int i = 0; i < 50; i++) {
                answered.add(create(stripe, "key-" + i).getId());
            }
        } finally {
            // SIGKILL: nothing is left to be done on the way out
            process.destroyForcibly().waitFor();
        }

        try (var again = StripeSandbox.start(Options.defaults().withJournal(journal))) {
            var stripe = client(again.apiBase());
            var kept = stripe.v1()
                    .customers()
                    .list(CustomerListParams.builder().setLimit(100L).build())
                    .getData();
            assertThat(kept).extracting(Customer::getId).containsExactlyElementsOf(answered.reversed());
            assertThat(create(stripe, "key-0").getId()).isEqualTo(answered.getFirst());
            assertThat(stripe.v1().events().list().getData()).isNotEmpty();
            stripe.v1().customers().delete(answered.getFirst());
        }
        try (var third = StripeSandbox.start(Options.defaults().withJournal(journal))) {
            assertThat(client(third.apiBase())
                            .v1()
                            .customers()
                            .retrieve(answered.getFirst())
                            .getDeleted())
                    .isTrue();
        }
    }

    @Test
    void a_failed_start_is_reported_in_one_line() throws Exception {
        var process = java("--port", "many");

        var said = new String(process.getErrorStream().readAllBytes(), UTF_8);

        assertThat(process.waitFor()).isOne();
        assertThat(said.lines().filter(line -> line.startsWith("stripe-sandbox")))
                .containsExactly("stripe-sandbox cannot start: --port must be a number, not many");
    }

    private static Process spawn(Path journal) throws IOException {
        return java("--port", "0", "--journal", journal.toString());
    }

    private static Process java(String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                StripeSandbox.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).start();
    }

    private static URI address(Process process) throws IOException {
        // not closed: the process writes nothing more, and its end closes it
        var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        var address = Pattern.compile("http://127\\.0\\.0\\.1:\\d+");
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
            var found = address.matcher(line);
            if (found.find()) {
                return URI.create(found.group());
            }
        }
        throw new IllegalStateException("it ended without an address");
    }

    private static Customer create(StripeClient stripe, String key) throws StripeException {
        return stripe.v1()
                .customers()
                .create(
                        CustomerCreateParams.builder().setName("A").build(),
                        RequestOptions.builder().setIdempotencyKey(key).build());
    }

    private static StripeClient client(URI base) {
        return StripeClient.builder()
                .setApiKey(StripeSandbox.SECRET_KEY)
                .setApiBase(base.toString())
                .build();
    }
}
