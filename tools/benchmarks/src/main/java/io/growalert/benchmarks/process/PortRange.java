package io.growalert.benchmarks.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Where one instance listens: {@code http} and the five after it, Kafka and PostgreSQL, all on 127.0.0.1. */
public record PortRange(int http, int kafka, int postgres) {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    public static PortRange free() throws IOException {
        return new PortRange(freeRow(), free(0), free(0));
    }

    List<String> options() {
        return List.of(
                "--http-port", String.valueOf(http),
                "--kafka-port", String.valueOf(kafka),
                "--postgres-port", String.valueOf(postgres));
    }

    public String broker() {
        return "127.0.0.1:" + kafka;
    }

    public String database() {
        return "jdbc:postgresql://127.0.0.1:%d/postgres?user=postgres".formatted(postgres);
    }

    /** Below the ephemeral ports, or a connection could use one of them first. */
    private static int freeRow() throws IOException {
        for (int attempt = 0; ; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            try {
                for (int next = 0; next <= 5; next++) {
                    free(port + next);
                }
                return port;
            } catch (IOException e) {
                if (attempt == 20) {
                    throw e;
                }
            }
        }
    }

    /** So many that are free now. */
    public static List<Integer> several(int count) throws IOException {
        var sockets = new ArrayList<ServerSocket>();
        try {
            while (sockets.size() < count) {
                sockets.add(new ServerSocket(0, 1, LOOPBACK));
            }
            return sockets.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (var socket : sockets) {
                socket.close();
            }
        }
    }

    /** One that is free now: this one, or any when it is 0. */
    public static int free(int port) throws IOException {
        try (var socket = new ServerSocket(port, 1, LOOPBACK)) {
            return socket.getLocalPort();
        }
    }
}
