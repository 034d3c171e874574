package io.growalert.runtime.http;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.EagerContentHandler;
import org.eclipse.jetty.server.handler.EagerContentHandler.RetainedContentLoaderFactory;
import org.eclipse.jetty.util.Callback;
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
public class HttpServer {
    /** In bytes. */
    private static final int EAGER_BODY = 64 << 10;

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

    /**
     * A servlet begins when a small body is there. A request that is refused before its body arrived would end its connection
     * without notice, and the client's next request on it would fail.
     */
    @Bean
    JettyServerCustomizer eagerBodies() {
        return server ->
                server.insertHandler(new EagerContentHandler(new RetainedContentLoaderFactory(EAGER_BODY, -1, false)));
    }

    @Bean
    JettyServerCustomizer serverProblems() {
        return server -> server.setErrorHandler(new ServerProblems());
    }

    @Bean
    JettyServerCustomizer headerCase() {
        return server -> {
            for (var connector : server.getConnectors()) {
                for (var protocol : connector.getConnectionFactories()) {
                    if (protocol instanceof HttpConfiguration.ConnectionFactory http) {
                        keepCase(http.getHttpConfiguration());
                    }
                }
            }
        };
    }

    /**
     * Jetty caches the header fields of a connection, by default without regard to case: a token, cookie or signature that differs
     * from an earlier one on the same connection in case only would be read as the earlier one.
     */
    public static void keepCase(HttpConfiguration configuration) {
        configuration.setHeaderCacheCaseSensitive(true);
    }

    @Bean
    JettyServerCustomizer trustedProxies(HttpSettings settings) {
        var proxies = new TrustedProxies("growalert.http.proxies", settings.proxies());
        // a handler, and not Jetty's customizer of requests, after which Host has to name the host that the client
        // called
        return server -> server.insertHandler(new Handler.Wrapper() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) throws Exception {
                return super.handle(proxies.apply(request), response, callback);
            }
        });
    }
}
