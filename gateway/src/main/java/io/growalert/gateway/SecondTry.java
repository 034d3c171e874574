package io.growalert.gateway;

import java.io.IOException;
import java.net.SocketException;
import java.util.Set;
import org.apache.hc.client5.http.HttpRequestRetryStrategy;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.pool.ConnPoolControl;
import org.apache.hc.core5.util.TimeValue;

/**
 * A connection that was kept may have been closed by the backend in the meantime, without an answer. What only reads is asked
 * once more then, on a new one. All else never is: it may have been done.
 */
record SecondTry(ConnPoolControl<?> connections) implements HttpRequestRetryStrategy {
    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

    @Override
    public boolean retryRequest(HttpRequest request, IOException thrown, int asked, HttpContext context) {
        boolean ended = thrown instanceof NoHttpResponseException || thrown instanceof SocketException;
        var connection = HttpClientContext.cast(context).getEndpointDetails();
        boolean kept = connection != null && connection.getRequestCount() > 1;
        if (asked > 1 || !ended || !kept || !READING.contains(request.getMethod())) {
            return false;
        }
        // the others that were kept ended with it
        connections.closeIdle(TimeValue.ZERO_MILLISECONDS);
        return true;
    }

    @Override
    public boolean retryRequest(HttpResponse response, int asked, HttpContext context) {
        return false;
    }

    @Override
    public TimeValue getRetryInterval(HttpResponse response, int asked, HttpContext context) {
        return TimeValue.ZERO_MILLISECONDS;
    }
}
