package io.growalert.gateway;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.server.mvc.handler.GatewayServerResponse;
import org.springframework.cloud.gateway.server.mvc.handler.ProxyExchange;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * An answer on its way back, byte for byte. Most are small, and taken in at once: a client that reads slowly holds no
 * connection of the backend then.
 */
final class Relay {
    private static final int SMALL = 64 << 10;
    private static final int PIECE = 16 << 10;

    private record Head(HttpStatusCode status, HttpHeaders headers) implements ProxyExchange.Response {
        @Override
        public HttpStatusCode getStatusCode() {
            return status;
        }

        @Override
        public HttpHeaders getHeaders() {
            return headers;
        }
    }

    private Relay() {}

    /**
     * @param done to be called once, when nothing more comes from the backend
     * @throws Refusal when the answer breaks off before any of it was passed on
     */
    static ServerResponse of(ClassicHttpResponse incoming, ProxyExchange.Request request, Runnable done) {
        var finished = new Finish(incoming, done);
        try {
            var head = head(incoming);
            var entity = incoming.getEntity();
            @Nullable InputStream more = entity == null ? null : entity.getContent();
            var start = new byte[0];
            // what has no length may be told line by line, over minutes
            if (more != null && entity.getContentLength() >= 0 && entity.getContentLength() <= SMALL) {
                start = more.readAllBytes();
                more = null;
            }
            if (more == null) {
                finished.run();
            }
            var small = start;
            var rest = more;
            var response = GatewayServerResponse.status(head.status()).build((_, outgoing) -> {
                write(outgoing, small, rest, finished);
                return null;
            });
            request.getResponseConsumers().forEach(consumer -> consumer.accept(head, response));
            return response;
        } catch (IOException e) {
            finished.run();
            throw Backend.refusal(e);
        } catch (RuntimeException e) {
            finished.run();
            throw e;
        }
    }

    private static Head head(ClassicHttpResponse incoming) {
        var headers = new HttpHeaders();
        for (var header : incoming.getHeaders()) {
            headers.add(header.getName(), header.getValue());
        }
        return new Head(HttpStatusCode.valueOf(incoming.getCode()), headers);
    }

    private static void write(HttpServletResponse outgoing, byte[] start, @Nullable InputStream rest, Finish finished)
            throws IOException {
        try {
            var out = outgoing.getOutputStream();
            out.write(start);
            if (rest != null) {
                var buffer = new byte[PIECE];
                for (int read = rest.read(buffer); read >= 0; read = rest.read(buffer)) {
                    out.write(buffer, 0, read);
                    out.flush();
                }
            }
        } finally {
            finished.run();
        }
    }

    private static final class Finish implements Runnable {
        private final ClassicHttpResponse incoming;
        private final Runnable done;
        private boolean ran;

        Finish(ClassicHttpResponse incoming, Runnable done) {
            this.incoming = incoming;
            this.done = done;
        }

        @Override
        public void run() {
            if (ran) {
                return;
            }
            ran = true;
            try {
                incoming.close();
            } catch (IOException e) {
                // its connection is not used again
            } finally {
                done.run();
            }
        }
    }
}
