package io.growalert.gateway;

import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;

/** What Tomcat refuses by itself is refused in the same words as all else, and counted, logged and limited like it. */
final class ProblemReport extends ErrorReportValve {
    private final ObjectProvider<Doorstep> doorstep;

    /** @param doorstep is needed only once there are requests */
    ProblemReport(ObjectProvider<Doorstep> doorstep) {
        this.doorstep = doorstep;
    }

    @Override
    protected void report(Request request, Response response, @Nullable Throwable thrown) {
        int status = response.getStatus();
        if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
            return;
        }
        try {
            doorstep.getObject().refuse(request.getRequest(), response.getResponse(), status);
            response.finishResponse();
        } catch (IOException e) {
            // it went away
        }
    }
}
