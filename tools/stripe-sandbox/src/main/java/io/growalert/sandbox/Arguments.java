package io.growalert.sandbox;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The command line. */
final class Arguments {
    static final String HELP = """
            A local stand-in for Stripe's API. It listens on 127.0.0.1 only, and no money moves.

              --port N             where to listen (12111; 0: any port that is free)
              --webhook-url URL    where events are posted to; without it they are only to be listed
              --webhook-secret S   what webhooks are signed with (whsec_sandbox); better in the environment,
                                   as STRIPE_SANDBOX_WEBHOOK_SECRET, since others on this machine see arguments
              --journal FILE       keeps the state across restarts and kills; without it, it is lost at the end
              --price KEY:PRODUCT:AMOUNT:CURRENCY:INTERVAL
                                   a plan's price that is there from the start, as monthly:Farm:1900:eur:month;
                                   may be given several times
              --help
            """;

    private static final int PORT = 12_111;
    private static final Pattern PRICE = Pattern.compile("([^:]+):([^:]+):(\\d{1,8}):([a-z]{3}):([a-z]+)");

    private Arguments() {}

    /**
     * @throws IllegalArgumentException whose message is one line for the user
     */
    static Options options(List<String> arguments, Map<String, String> environment) {
        var options = Options.defaults().withPort(PORT);
        var secret = environment.getOrDefault("STRIPE_SANDBOX_WEBHOOK_SECRET", options.webhookSecret());
        var prices = new ArrayList<PlanPrice>();
        URI webhook = null;
        for (int i = 0; i < arguments.size(); i += 2) {
            var name = arguments.get(i);
            if (!List.of("--port", "--webhook-url", "--webhook-secret", "--journal", "--price")
                    .contains(name)) {
                throw new IllegalArgumentException(name + " is unknown; --help lists the known arguments");
            }
            if (i + 1 == arguments.size()) {
                throw new IllegalArgumentException(name + " needs a value");
            }
            var value = arguments.get(i + 1);
            switch (name) {
                case "--port" -> options = options.withPort(port(value));
                case "--webhook-url" -> webhook = url(value);
                case "--webhook-secret" -> secret = value;
                case "--price" -> prices.add(price(value));
                default -> options = options.withJournal(Path.of(value));
            }
        }
        options = options.withPrices(prices);
        return webhook == null ? options : options.withWebhook(webhook, secret);
    }

    private static int port(String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--port must be a number, not " + value, e);
        }
    }

    private static PlanPrice price(String value) {
        var match = PRICE.matcher(value);
        if (!match.matches()) {
            throw new IllegalArgumentException("--price must be as monthly:Farm:1900:eur:month, not " + value);
        }
        return new PlanPrice(
                match.group(1), match.group(2), Long.parseLong(match.group(3)), match.group(4), match.group(5));
    }

    private static URI url(String value) {
        var url = URI.create(value);
        if (url.getHost() == null || !List.of("http", "https").contains(url.getScheme())) {
            throw new IllegalArgumentException("--webhook-url must be a URL such as http://127.0.0.1:8080/webhook");
        }
        return url;
    }
}
