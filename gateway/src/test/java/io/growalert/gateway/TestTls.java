package io.growalert.gateway;

import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** A self-signed certificate for a gateway, and a client that trusts it. */
final class TestTls {
    static final String PASSWORD = "password-of-a-test";

    private TestTls() {}

    /** The test's certificates are self-signed. */
    private static final class TrustAll extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** The organizational unit of the certificate that the server at this port has. */
    static String unit(int port) throws Exception {
        try (var socket = (SSLSocket) trusting().getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.startHandshake();
            var name = ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                    .getSubjectX500Principal()
                    .getName();
            return name.replaceFirst(".*OU=(\\w+).*", "$1");
        }
    }

    /** The settings of a gateway with a certificate in this folder, and these. */
    static Map<String, Object> settings(Path folder, Map<String, Object> more) throws Exception {
        certificate(folder, "first");
        var all = new HashMap<String, Object>(Map.of(
                "server.ssl.bundle",
                "web",
                "spring.ssl.bundle.jks.web.keystore.location",
                "file:" + folder.resolve("web.p12"),
                "spring.ssl.bundle.jks.web.keystore.password",
                PASSWORD));
        all.putAll(more);
        return all;
    }

    /** Puts a new self-signed certificate in place, in one step. */
    static void certificate(Path folder, String unit) throws Exception {
        var made = folder.resolve("made.p12");
        Files.deleteIfExists(made);
        var keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keystore",
                        made.toString(),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD,
                        "-alias",
                        "web",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost, OU=" + unit,
                        "-ext",
                        "SAN=dns:localhost,ip:127.0.0.1")
                .inheritIO()
                .start();
        if (keytool.waitFor() != 0) {
            throw new IllegalStateException("keytool failed");
        }
        Files.move(made, folder.resolve("web.p12"), StandardCopyOption.REPLACE_EXISTING);
    }

    static SSLContext trusting() throws Exception {
        var context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustAll()}, null);
        return context;
    }
}
