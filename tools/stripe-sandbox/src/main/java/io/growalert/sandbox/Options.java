package io.growalert.sandbox;

import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a sandbox starts.
 *
 * @param port to listen on at 127.0.0.1; 0 chooses a free one
 * @param journal the file that the state is written to and read from again at the next start; without one it is lost at the end
 * @param webhookUrl where events are posted to; without one they are only to be listed
 * @param webhookSecret what webhooks are signed with
 * @param prices recurring prices that exist from the start, each with its own product
 * @param clock of everything that is not under a test clock
 */
public record Options(
        int port,
        @Nullable Path journal,
        @Nullable URI webhookUrl,
        String webhookSecret,
        List<PlanPrice> prices,
        InstantSource clock) {

    public Options {
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port must be from 0 to 65535, not " + port);
        }
        prices = List.copyOf(prices);
    }

    /** Any port, no journal, no webhooks, no prices. */
    public static Options defaults() {
        return new Options(0, null, null, "whsec_sandbox", List.of(), InstantSource.system());
    }

    public Options withPort(int port) {
        return new Options(port, journal, webhookUrl, webhookSecret, prices, clock);
    }

    public Options withJournal(Path journal) {
        return new Options(port, journal, webhookUrl, webhookSecret, prices, clock);
    }

    public Options withWebhook(URI url, String secret) {
        return new Options(port, journal, url, secret, prices, clock);
    }

    public Options withPrices(List<PlanPrice> prices) {
        return new Options(port, journal, webhookUrl, webhookSecret, prices, clock);
    }

    public Options withClock(InstantSource clock) {
        return new Options(port, journal, webhookUrl, webhookSecret, prices, clock);
    }

    @Override
    public String toString() {
        return "Options[port=%d, journal=%s, webhookUrl=%s, prices=%s]".formatted(port, journal, webhookUrl, prices);
    }
}
