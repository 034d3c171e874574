package io.growalert.gateway;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.security.web.firewall.RequestRejectedHandler;

/**
 * What is refused before it takes a route: it is counted by address all the same, and a wrong token more strictly. The right
 * one is never counted here, so that nobody keeps the operator out by guessing from the same address.
 */
final class Refused implements AuthenticationEntryPoint, RequestRejectedHandler {
    private final Limit limit;
    private final GatewaySettings.Rate all;
    private final GatewaySettings.Rate tokens;

    Refused(Limit limit, GatewaySettings settings) {
        this.limit = limit;
        all = settings.routes().pages().rate();
        tokens = settings.wrongTokens();
    }

    @Override
    public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException cause)
            throws IOException {
        response.setHeader(HttpHeaders.WWW_AUTHENTICATE, OperatorFilter.challenge(request));
        if (request.getHeader(HttpHeaders.AUTHORIZATION) == null) {
            answer(Problem.OPERATOR_TOKEN_NEEDED, request, response, "none", all);
        } else {
            answer(Problem.OPERATOR_TOKEN_NEEDED, request, response, "token", tokens);
        }
    }

    @Override
    public void handle(HttpServletRequest request, HttpServletResponse response, RequestRejectedException cause)
            throws IOException {
        answer(Problem.BAD_REQUEST, request, response);
    }

    /**
     * Answers a request that has no route.
     *
     * @return false when the address had too many of them, and was answered 429 instead
     */
    boolean answer(Problem problem, HttpServletRequest request, HttpServletResponse response) throws IOException {
        return answer(problem, request, response, "none", all);
    }

    /** Answers a request that the container refused with this status. */
    void answer(int status, HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (limit.takes("none", request, all)) {
            Problem.of(status).answer(response, status);
        } else {
            Problem.TOO_MANY_REQUESTS.answer(response, all.next());
        }
    }

    private boolean answer(
            Problem problem,
            HttpServletRequest request,
            HttpServletResponse response,
            String what,
            GatewaySettings.Rate rate)
            throws IOException {
        boolean isWithin = limit.takes(what, request, rate);
        if (isWithin) {
            problem.answer(response);
        } else {
            Problem.TOO_MANY_REQUESTS.answer(response, rate.next());
        }
        return isWithin;
    }
}
