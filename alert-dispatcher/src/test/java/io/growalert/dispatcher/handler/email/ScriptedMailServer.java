package io.growalert.dispatcher.handler.email;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** An SMTP server with a reply code for each address, 250 where none is given. */
final class ScriptedMailServer implements AutoCloseable {
    final Map<String, Integer> answers = new ConcurrentHashMap<>();
    /** The addresses of each message that was accepted. */
    final List<List<String>> accepted = new CopyOnWriteArrayList<>();
    /** The {@code To} header of each. */
    final List<String> to = new CopyOnWriteArrayList<>();

    volatile int answerToData = 250;
    private final ServerSocket socket;

    ScriptedMailServer() throws IOException {
        socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return socket.getLocalPort();
    }

    private void accept() {
        while (!socket.isClosed()) {
            try (var client = socket.accept()) {
                serve(client);
            } catch (IOException e) {
                // closed by either side
            }
        }
    }

    private void serve(Socket client) throws IOException {
        var in = new BufferedReader(new InputStreamReader(client.getInputStream(), US_ASCII));
        var addresses = new ArrayList<String>();
        reply(client, "220 scripted");
        for (var line = in.readLine(); line != null; line = in.readLine()) {
            if (line.startsWith("RCPT TO:")) {
                var address = line.substring(line.indexOf('<') + 1, line.indexOf('>'));
                int code = answers.getOrDefault(address, 250);
                if (code == 250) {
                    addresses.add(address);
                }
                reply(client, code + " scripted");
            } else if (line.equals("DATA")) {
                reply(client, "354 go on");
                for (line = in.readLine(); line != null && !line.equals("."); line = in.readLine()) {
                    if (line.startsWith("To: ")) {
                        to.add(line.substring(4));
                    }
                }
                if (answerToData == 250) {
                    accepted.add(List.copyOf(addresses));
                }
                reply(client, answerToData + " scripted");
            } else {
                if (line.startsWith("MAIL") || line.startsWith("RSET")) {
                    addresses.clear();
                }
                reply(client, line.startsWith("QUIT") ? "221 bye" : "250 scripted");
            }
        }
    }

    private static void reply(Socket client, String line) throws IOException {
        client.getOutputStream().write((line + "\r\n").getBytes(US_ASCII));
        client.getOutputStream().flush();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
