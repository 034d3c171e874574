package io.growalert.gateway;

import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;

/** What Tomcat refuses by itself, since it is no HTTP, is refused in the same words as all else. */
final class ProblemReport extends ErrorReportValve {
    @Override
    protected void report(Request request, Response response, @Nullable Throwable thrown) {
        int status = response.getStatus();
        if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
            return;
        }
        try {
            Problem.of(status).answer(response.getResponse(), status);
            response.finishResponse();
        } catch (IOException e) {
            // it went away
        }
    }
}
