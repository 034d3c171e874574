package io.growalert.browser;

import com.microsoft.playwright.Route;
import java.util.HashMap;
import org.jspecify.annotations.Nullable;

/** Responds in place of the services. */
final class Problems {
    private Problems() {}

    /** @param retryAfter seconds */
    static void answer(Route route, int status, String code, @Nullable Integer retryAfter) {
        var headers = new HashMap<String, String>();
        headers.put("Content-Type", "application/problem+json");
        if (retryAfter != null) {
            headers.put("Retry-After", Integer.toString(retryAfter));
        }
        route.fulfill(
                new Route.FulfillOptions().setStatus(status).setHeaders(headers).setBody("""
                        {"type": "about:blank", "title": "x", "status": %d, "code": "%s", "detail": "org.postgresql.util.PSQLException"}
                        """.formatted(status, code)));
    }
}
