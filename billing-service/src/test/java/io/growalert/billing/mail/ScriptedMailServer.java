package io.growalert.billing.mail;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

/** A mail server that decides when it accepts a mail, and how it ends a connection. */
final class ScriptedMailServer implements AutoCloseable {
    private final ServerSocket socket;
    private final Acceptance acceptance;
    private final AtomicInteger accepted = new AtomicInteger();
    private volatile boolean resets;

    /** Returns when the server accepts the mail. */
    interface Acceptance {
        void await(String content) throws InterruptedException;
    }

    ScriptedMailServer(Acceptance acceptance) throws IOException {
        this.acceptance = acceptance;
        socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            while (!socket.isClosed()) {
                try {
                    var client = socket.accept();
                    Thread.ofVirtual().start(() -> serve(client));
                } catch (IOException e) {
                    // closed
                }
            }
        });
    }

    /** Resets each connection in place of an answer to QUIT. */
    ScriptedMailServer resettingConnections() {
        resets = true;
        return this;
    }

    int port() {
        return socket.getLocalPort();
    }

    /** How many mails it accepted. */
    int accepted() {
        return accepted.get();
    }

    private void serve(Socket client) {
        try (client) {
            var in = new BufferedReader(new InputStreamReader(client.getInputStream(), US_ASCII));
            reply(client, "220 scripted");
            for (var line = in.readLine(); line != null; line = in.readLine()) {
                switch (line) {
                    case "DATA" -> {
                        reply(client, "354 go on");
                        acceptance.await(content(in));
                        accepted.incrementAndGet();
                        reply(client, "250 accepted");
                    }
                    case "QUIT" -> {
                        if (resets) {
                            client.setSoLinger(true, 0);
                        } else {
                            reply(client, "221 bye");
                        }
                        return;
                    }
                    default -> reply(client, "250 ok");
                }
            }
        } catch (IOException e) {
            // closed by either side
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String content(BufferedReader in) throws IOException {
        var content = new StringBuilder();
        for (var line = in.readLine(); line != null && !line.equals("."); line = in.readLine()) {
            content.append(line).append('\n');
        }
        return content.toString();
    }

    private static void reply(Socket client, String line) throws IOException {
        client.getOutputStream().write((line + "\r\n").getBytes(US_ASCII));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
