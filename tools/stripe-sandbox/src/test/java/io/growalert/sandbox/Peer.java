package io.growalert.sandbox;

import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.model.Customer;
import com.stripe.model.Event;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.EventListParams;
import com.stripe.service.V1Services;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;

/** A started sandbox and Stripe's own client of it. */
record Peer(StripeSandbox sandbox) implements AutoCloseable {

    static Peer start() throws IOException {
        return start(Options.defaults());
    }

    static Peer start(Options options) throws IOException {
        return new Peer(StripeSandbox.start(options.withPrices(List.of(
                new PlanPrice("basic", "Basic", 500, "usd", "month"),
                new PlanPrice("premium", "Premium", 1500, "usd", "month"),
                new PlanPrice("premium-year", "Premium, by the year", 15000, "usd", "year"),
                new PlanPrice("free", "Free", 0, "usd", "month")))));
    }

    V1Services v1() {
        return client(StripeSandbox.SECRET_KEY).v1();
    }

    StripeClient client(String key) {
        return StripeClient.builder()
                .setApiKey(key)
                .setApiBase(sandbox.apiBase().toString())
                .build();
    }

    Customer customer() throws StripeException {
        return v1().customers()
                .create(CustomerCreateParams.builder()
                        .setEmail("grower@example.com")
                        .build());
    }

    Customer customer(String method) throws StripeException {
        return v1().customers()
                .create(CustomerCreateParams.builder()
                        .setEmail("grower@example.com")
                        .setPaymentMethod(method)
                        .build());
    }

    /** The types of the events so far, the oldest first. */
    List<String> events() throws StripeException {
        return v1().events().list(EventListParams.builder().setLimit(100L).build()).getData().reversed().stream()
                .map(Event::getType)
                .filter(type -> !type.startsWith("price.") && !type.startsWith("product."))
                .toList();
    }

    URI at(String path) {
        return sandbox.apiBase().resolve(path);
    }

    /** Posts to an address that is no part of Stripe's API. */
    int control(String path) throws IOException, InterruptedException {
        try (var http = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create(sandbox.apiBase() + "/sandbox/" + path))
                    .POST(BodyPublishers.noBody())
                    .build();
            return http.send(request, BodyHandlers.ofString()).statusCode();
        }
    }

    @Override
    public void close() {
        sandbox.close();
    }
}
