package io.growalert.gateway;

import io.growalert.gateway.status.StatusReports;
import io.growalert.runtime.http.TrustedProxies;
import io.growalert.runtime.loop.LoopHealth;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.function.Function;
import java.util.stream.Stream;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How the parts of the gateway are connected. */
@Configuration(proxyBeanMethods = false)
class GatewayConfiguration {
    /** Few, since only selectors and non-blocking handlers run on them; servlets have virtual threads. */
    @Bean
    QueuedThreadPool serverThreads() {
        var threads = new QueuedThreadPool();
        threads.setName("gateway");
        return threads;
    }

    @Bean
    TrustedProxies trustedProxies(GatewaySettings settings) {
        return new TrustedProxies("growalert.gateway.proxies", settings.proxies());
    }

    @Bean
    BrowserPolicy browserPolicy(GatewaySettings settings) {
        return new BrowserPolicy(settings.stripe());
    }

    @Bean
    KnownOperators operators(GatewaySettings settings) {
        return KnownOperators.open(settings);
    }

    @Bean
    SessionSeal sessionSeal(GatewaySettings settings) {
        return new SessionSeal(settings.session().keyFile(), InstantSource.system());
    }

    @Bean
    SessionApi sessionApi(
            GatewaySettings settings,
            KnownOperators operators,
            Authenticator authenticator,
            SessionSeal seal,
            RateLimit limit,
            Bodies bodies,
            Refusals refusals,
            MeterRegistry meters) {
        return new SessionApi(
                settings,
                operators,
                authenticator,
                seal,
                InstantSource.system(),
                new SessionApi.Shared(limit, bodies, refusals, meters));
    }

    @Bean
    StatusApi statusApi(GatewaySettings settings, Backends backends, IdentitySigner identities) {
        return new StatusApi(
                settings.definitions(),
                new StatusReports(
                        new HistoryQuery(backends.history(), identities), System::nanoTime, InstantSource.system()));
    }

    @Bean
    LiveStreams liveStreams(GatewaySettings settings, Authenticator authenticator, MeterRegistry meters) {
        return new LiveStreams(settings.streams(), authenticator, meters);
    }

    @Bean
    IdentitySigner identitySigner(GatewaySettings settings) {
        return new IdentitySigner(IdentityKey.of(settings.identity()), InstantSource.system());
    }

    @Bean
    Backends backends(GatewaySettings settings, QueuedThreadPool serverThreads) {
        return new Backends(settings, serverThreads);
    }

    @Bean
    RouteTable routes(
            GatewaySettings settings,
            Backends backends,
            SessionApi sessions,
            LiveStreams streams,
            RateLimit limit,
            Bodies bodies,
            BrowserPolicy policy,
            IdentitySigner identities,
            MeterRegistry meters) {
        return new RouteTable(
                settings,
                backends,
                sessions,
                streams,
                new Lane.Shared(limit, bodies, new Breakers(settings), policy, identities, meters));
    }

    @Bean
    HealthIndicator statusPagesHealthIndicator(StatusApi status) {
        return () -> status.rejected()
                .map(problems -> Health.status("DEGRADED")
                        .withDetail("definitionFiles", problems)
                        .build())
                .orElseGet(() -> Health.up().build());
    }

    @Bean
    LoopHealth connectionsHealthIndicator(Connections connections, KnownOperators operators, StatusApi status) {
        return new LoopHealth(Stream.of(
                        Stream.of(connections.sweeper().progress()),
                        operators.progress().stream(),
                        status.progress().stream())
                .flatMap(Function.identity())
                .toList());
    }
}
