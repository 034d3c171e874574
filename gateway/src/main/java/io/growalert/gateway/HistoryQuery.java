package io.growalert.gateway;

import io.growalert.gateway.status.StatusPageDefinition;
import io.growalert.gateway.status.StatusReport;
import io.growalert.gateway.status.StatusReports;
import io.growalert.runtime.http.Operator;
import io.growalert.runtime.http.Role;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.client.CompletableResponseListener;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Queries the history-service for status pages, as a viewer of the gateway's own. */
final class HistoryQuery implements StatusReports.Query {
    private static final Operator VIEWER = new Operator("status-pages", Role.VIEWER);
    private static final Duration LONGEST = Duration.ofSeconds(5);
    /** In bytes. */
    private static final int LARGEST = 16 << 20;

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Optional<Backend> history;
    private final IdentitySigner identities;

    HistoryQuery(Optional<Backend> history, IdentitySigner identities) {
        this.history = history;
        this.identities = identities;
    }

    @Override
    public StatusReport report(StatusPageDefinition page) throws IOException {
        var backend = history.orElseThrow(() -> new IOException(GatewayProblem.HISTORY_NOT_CONFIGURED.detail()));
        var request = backend.request()
                .path("/api/history/status")
                .headers(headers ->
                        headers.add(HttpHeader.AUTHORIZATION, identities.bearer(VIEWER, RouteTable.HISTORY_SERVICE)))
                .timeout(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
        page.matchers().forEach(matcher -> request.param("match", matcher.toString()));
        try {
            var answer =
                    new CompletableResponseListener(request, LARGEST).send().get();
            if (answer.getStatus() != HttpStatus.OK_200) {
                throw new IOException("the history-service answered HTTP %d".formatted(answer.getStatus()));
            }
            return JSON.readValue(answer.getContent(), StatusReport.class);
        } catch (JacksonException e) {
            throw new IOException("the history-service's answer is unreadable: " + e.getOriginalMessage(), e);
        } catch (ExecutionException e) {
            throw new IOException(
                    e.getCause() instanceof TimeoutException
                            ? "the history-service timed out"
                            : "the history-service is unreachable",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
