package io.growalert.gateway;

import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.web.server.Ssl;

/** Replaces the server's certificate when its SSL bundle is reloaded. Open connections continue with the previous one. */
final class Certificates {
    private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);

    private Certificates() {}

    /** Spring Boot reloads bundles for Tomcat and Netty only. */
    static void reload(Server server, Ssl ssl, SslBundles bundles) {
        var name = ssl.getBundle();
        if (name == null || name.isEmpty()) {
            return;
        }
        for (var connector : server.getConnectors()) {
            var tls = connector.getConnectionFactory(SslConnectionFactory.class);
            if (tls != null) {
                bundles.addBundleUpdateHandler(name, bundle -> replace(tls.getSslContextFactory(), bundle, name));
            }
        }
    }

    private static void replace(SslContextFactory.Server server, SslBundle bundle, String name) {
        var stores = bundle.getStores();
        try {
            server.reload(factory -> {
                factory.setKeyStore(stores.getKeyStore());
                factory.setTrustStore(stores.getTrustStore());
                factory.setKeyStorePassword(stores.getKeyStorePassword());
                factory.setKeyManagerPassword(bundle.getKey().getPassword());
                factory.setCertAlias(bundle.getKey().getAlias());
            });
            LOG.atInfo().addKeyValue("bundle", name).log("Reloaded the TLS certificate");
        } catch (Exception e) {
            LOG.atError()
                    .addKeyValue("bundle", name)
                    .setCause(e)
                    .log("Reloading the TLS certificate failed; the old one stays in use");
        }
    }
}
