package io.growalert.runtime.http;

import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.springframework.boot.jetty.ConfigurableJettyWebServerFactory;
import org.springframework.boot.jetty.JettyServerCustomizer;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/** Jetty as a service that is not public runs it. */
@Configuration(proxyBeanMethods = false)
class HttpServer {
    /**
     * Platform threads select, virtual threads block. Spring Boot would run the selectors on virtual threads as well, and all
     * of them within a bound of 200.
     */
    static final class Threads implements WebServerFactoryCustomizer<ConfigurableJettyWebServerFactory>, Ordered {
        @Override
        public void customize(ConfigurableJettyWebServerFactory factory) {
            var threads = new QueuedThreadPool();
            threads.setName("http");
            threads.setVirtualThreadsExecutor(VirtualThreads.getNamedVirtualThreadsExecutor("http-"));
            factory.setThreadPool(threads);
        }

        /** After Spring Boot's own. */
        @Override
        public int getOrder() {
            return Ordered.LOWEST_PRECEDENCE;
        }
    }

    @Bean
    static Threads serverThreads() {
        return new Threads();
    }

    @Bean
    JettyServerCustomizer trustedProxies(HttpSettings settings) {
        var proxies = new TrustedProxies("growalert.http.proxies", settings.proxies());
        return server -> trust(server, proxies);
    }

    private static void trust(Server server, TrustedProxies proxies) {
        for (var connector : server.getConnectors()) {
            for (var factory : connector.getConnectionFactories()) {
                if (factory instanceof HttpConfiguration.ConnectionFactory http && !proxies.isEmpty()) {
                    http.getHttpConfiguration().addCustomizer(proxies);
                }
            }
        }
    }
}
