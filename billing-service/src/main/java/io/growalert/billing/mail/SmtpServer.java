package io.growalert.billing.mail;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.URLName;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Properties;
import javax.net.SocketFactory;
import org.eclipse.angus.mail.smtp.SMTPTransport;
import org.springframework.mail.javamail.JavaMailSenderImpl;

/** An SMTP server, which has longer for the answer to a mail's content than for any other: {@code mail.smtp.timeout} is for all. */
final class SmtpServer extends JavaMailSenderImpl {
    private final Duration acceptance;

    /** @param acceptance the longest time for the answer to a mail's content */
    SmtpServer(Duration acceptance) {
        this.acceptance = acceptance;
    }

    @Override
    protected Transport getTransport(Session session) {
        var sockets = new PlainSockets();
        var properties = new Properties();
        properties.putAll(session.getProperties());
        properties.put("mail.smtp.socketFactory", sockets);
        // which would be a second attempt, without the factory
        properties.put("mail.smtp.socketFactory.fallback", "false");
        return new SMTPTransport(Session.getInstance(properties), new URLName("smtp", null, -1, null, null, null)) {
            @Override
            protected void finishData() throws IOException, MessagingException {
                sockets.setTimeout(acceptance);
                super.finishData();
            }
        };
    }

    /** Of one transport, below its encryption. */
    private static final class PlainSockets extends SocketFactory {
        private Socket latest = new Socket();

        @Override
        public Socket createSocket() {
            latest = new Socket();
            return latest;
        }

        void setTimeout(Duration timeout) throws SocketException {
            latest.setSoTimeout((int) timeout.toMillis());
        }

        @Override
        public Socket createSocket(String host, int port) throws IOException {
            return createSocket(InetAddress.getByName(host), port);
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
            return createSocket(InetAddress.getByName(host), port, localHost, localPort);
        }

        @Override
        public Socket createSocket(InetAddress host, int port) throws IOException {
            var socket = createSocket();
            socket.connect(new InetSocketAddress(host, port));
            return socket;
        }

        @Override
        public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
                throws IOException {
            var socket = createSocket();
            socket.bind(new InetSocketAddress(localAddress, localPort));
            socket.connect(new InetSocketAddress(address, port));
            return socket;
        }
    }
}
