package io.growalert.gateway;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.cloud.gateway.server.mvc.handler.ProxyExchange;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/** The services behind the gateway, each with a client of its own: one that hangs takes nothing from the others. */
final class Backends implements ProxyExchange, AutoCloseable {
    private static final String ATTRIBUTE = Backends.class.getName();

    private final Optional<Backend> billing;
    private final Backend monitors;
    private final Backend dispatcher;

    Backends(GatewaySettings settings, MeterRegistry meters) {
        var backends = settings.backends();
        billing = Optional.of(backends.billing())
                .filter(_ -> settings.billing())
                .map(backend -> new Backend("billing", backend, meters));
        monitors = new Backend("monitors", backends.monitors(), meters);
        dispatcher = new Backend("dispatcher", backends.dispatcher(), meters);
    }

    /** Empty when nobody is billed. */
    Optional<Backend> billing() {
        return billing;
    }

    Backend monitors() {
        return monitors;
    }

    Backend dispatcher() {
        return dispatcher;
    }

    List<Backend> all() {
        return Stream.concat(billing.stream(), Stream.of(monitors, dispatcher)).toList();
    }

    /** Notes on a request who is to be asked, and by which bounds. */
    static ServerRequest aim(ServerRequest request, Backend.Lane lane) {
        request.servletRequest().setAttribute(ATTRIBUTE, lane);
        return request;
    }

    @Override
    public ServerResponse exchange(Request request) {
        var lane = (Backend.Lane) Objects.requireNonNull(
                request.getServerRequest().servletRequest().getAttribute(ATTRIBUTE));
        return lane.exchange(request);
    }

    @Override
    public void close() {
        all().forEach(Backend::close);
    }
}
