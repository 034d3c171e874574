package io.growalert.runtime.kafka;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.utils.Utils;

/** How a broker answers. A closed connection is no answer: proxies accept before their broker does. */
enum Answer {
    TLS,
    PLAINTEXT,
    NONE;

    private static final int LIMIT_MILLIS = 1_000;
    /** Of a whole answer: a server may send one byte at a time. */
    private static final int TOTAL_MILLIS = 3_000;

    private static final int CORRELATION_ID = 0x67726f77;

    static Answer of(InetSocketAddress address) {
        return isTls(address) ? TLS : isPlaintext(address) ? PLAINTEXT : NONE;
    }

    private static boolean isTls(InetSocketAddress address) {
        try (var socket = connected(address);
                var tls = (SSLSocket) ((SSLSocketFactory) SSLSocketFactory.getDefault())
                        .createSocket(socket, address.getHostString(), address.getPort(), true)) {
            tls.startHandshake();
            return true;
        } catch (SSLException e) {
            // such as a certificate that is not trusted
            return !isConnectionLost(e) && !Denial.isNotTls(Denial.deepestReason(e));
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isConnectionLost(Throwable failure) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof EOFException
                    || cause instanceof SocketException
                    || cause instanceof SocketTimeoutException) {
                return true;
            }
        }
        return false;
    }

    /** Brokers answer this request before the login. */
    private static boolean isPlaintext(InetSocketAddress address) {
        try (var socket = connected(address)) {
            socket.getOutputStream()
                    .write(ByteBuffer.allocate(14)
                            .putInt(10)
                            .putShort(ApiKeys.API_VERSIONS.id)
                            .putShort((short) 0)
                            .putInt(CORRELATION_ID)
                            // no client id
                            .putShort((short) -1)
                            .array());
            var answer = new DataInputStream(socket.getInputStream());
            return answer.readInt() > 0 && answer.readInt() == CORRELATION_ID;
        } catch (IOException e) {
            return false;
        }
    }

    private static Socket connected(InetSocketAddress address) throws IOException {
        var socket = new Socket();
        try {
            socket.connect(address, LIMIT_MILLIS);
            socket.setSoTimeout(LIMIT_MILLIS);
            CompletableFuture.delayedExecutor(TOTAL_MILLIS, TimeUnit.MILLISECONDS)
                    .execute(() -> Utils.closeQuietly(socket, "socket"));
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }
}
