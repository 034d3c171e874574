package io.growalert.gateway;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.apache.coyote.CloseNowException;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.server.mvc.handler.ProxyExchange;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.servlet.ModelAndView;
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

    private interface Body {
        void write(HttpServletRequest client, HttpServletResponse outgoing) throws IOException;
    }

    /** As the service says it: whether the client has it already is not ours to say. */
    private record Answer(HttpStatusCode statusCode, HttpHeaders headers, Body body) implements ServerResponse {
        @Override
        public MultiValueMap<String, Cookie> cookies() {
            return new LinkedMultiValueMap<>();
        }

        @Override
        public @Nullable ModelAndView writeTo(HttpServletRequest request, HttpServletResponse response, Context context)
                throws IOException {
            response.setStatus(statusCode.value());
            headers.forEach((name, values) -> values.forEach(value -> response.addHeader(name, value)));
            body.write(request, response);
            return null;
        }
    }

    private Relay() {}

    /**
     * @param asked what is cancelled when the rest of it is not wanted
     * @param done to be called once, when nothing more comes from the backend
     * @throws IOException when the answer breaks off before any of it was passed on
     */
    static ServerResponse of(
            ClassicHttpResponse incoming, ProxyExchange.Request request, Cancellable asked, Runnable done)
            throws IOException {
        var finished = new Finish(incoming, asked, done);
        try {
            var head = head(incoming);
            var entity = incoming.getEntity();
            @Nullable InputStream more = entity == null ? null : entity.getContent();
            var start = new byte[0];
            if (more != null && entity.getContentLength() >= 0 && entity.getContentLength() <= SMALL) {
                start = more.readAllBytes();
                more = null;
            } else if (more != null) {
                // what has no length may be told line by line, over minutes
                start = piece(more);
                more = start.length == 0 ? null : more;
            }
            if (more == null) {
                finished.run();
            }
            var small = start;
            var rest = more;
            var response = new Answer(head.status(), new HttpHeaders(), (client, outgoing) -> {
                try {
                    write(outgoing, small, rest);
                } catch (CloseNowException e) {
                    Doorstep.brokenOff("backend", client);
                    throw e;
                } catch (IOException e) {
                    Doorstep.brokenOff("client", client);
                    throw e;
                } finally {
                    finished.run();
                }
            });
            request.getResponseConsumers().forEach(consumer -> consumer.accept(head, response));
            return response;
        } catch (IOException | RuntimeException e) {
            finished.run();
            throw e;
        }
    }

    private static Head head(ClassicHttpResponse incoming) {
        var headers = new HttpHeaders();
        for (var header : incoming.getHeaders()) {
            // nobody need know what a service is made of
            if (!header.getName().equalsIgnoreCase(HttpHeaders.SERVER)) {
                headers.add(header.getName(), header.getValue());
            }
        }
        return new Head(HttpStatusCode.valueOf(incoming.getCode()), headers);
    }

    private static void write(HttpServletResponse outgoing, byte[] start, @Nullable InputStream rest)
            throws IOException {
        var out = outgoing.getOutputStream();
        out.write(start);
        if (rest != null) {
            out.flush();
            for (var piece = next(rest); piece.length > 0; piece = next(rest)) {
                out.write(piece);
                out.flush();
            }
        }
    }

    /** It is too late to say what is wrong: whoever reads must not take what came for all of it. */
    private static byte[] next(InputStream more) throws CloseNowException {
        try {
            return piece(more);
        } catch (IOException e) {
            throw new CloseNowException("the backend broke off", e);
        }
    }

    /** What comes next, nothing at the end. */
    private static byte[] piece(InputStream more) throws IOException {
        var buffer = new byte[PIECE];
        int read = more.read(buffer);
        return Arrays.copyOf(buffer, Math.max(0, read));
    }

    private static final class Finish implements Runnable {
        private final ClassicHttpResponse incoming;
        private final Cancellable asked;
        private final Runnable done;
        private boolean ran;

        Finish(ClassicHttpResponse incoming, Cancellable asked, Runnable done) {
            this.incoming = incoming;
            this.asked = asked;
            this.done = done;
        }

        @Override
        public void run() {
            if (ran) {
                return;
            }
            ran = true;
            try {
                // what did not come yet is not read to its end, which may be far; of what came whole nothing is left to
                // cancel
                asked.cancel();
                incoming.close();
            } catch (IOException e) {
                // its connection is not used again
            } finally {
                done.run();
            }
        }
    }
}
