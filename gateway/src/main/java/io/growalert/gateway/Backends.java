package io.growalert.gateway;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Stream;

/** The services behind the gateway, each with its own client: a service that hangs does not affect the others. */
final class Backends implements AutoCloseable {
    private final Optional<Backend> billing;
    private final Backend monitors;
    private final Backend dispatcher;
    private final Optional<Backend> history;

    Backends(GatewaySettings settings, Executor threads) {
        var backends = settings.backends();
        billing = Optional.of(backends.billing())
                .filter(_ -> settings.billing())
                .map(backend -> new Backend("billing", backend, threads));
        monitors = new Backend("monitors", backends.monitors(), threads);
        dispatcher = new Backend("dispatcher", backends.dispatcher(), threads);
        history = settings.history().map(backend -> new Backend("history", backend, threads));
    }

    /** Empty in a gateway without billing. */
    Optional<Backend> billing() {
        return billing;
    }

    Backend monitors() {
        return monitors;
    }

    Backend dispatcher() {
        return dispatcher;
    }

    /** Empty in a gateway without history. */
    Optional<Backend> history() {
        return history;
    }

    List<Backend> all() {
        return Stream.of(billing.stream(), Stream.of(monitors, dispatcher), history.stream())
                .flatMap(Function.identity())
                .toList();
    }

    @Override
    public void close() {
        all().forEach(Backend::close);
    }
}
