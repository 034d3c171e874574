package io.growalert.runtime.http;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import tools.jackson.databind.json.JsonMapper;

/** Answers a request that Jetty refused before a servlet saw it, with a problem instead of a page. */
final class ServerProblems implements Request.Handler {
    private static final JsonMapper JSON = JsonMapper.shared();

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        int status = response.getStatus();
        var known = HttpStatus.resolve(status);
        var title = known == null ? "Error" : known.getReasonPhrase();
        var problem = CommonProblem.of(status);
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("type", "about:blank");
        members.put("title", title);
        members.put("status", status);
        members.put("detail", problem == CommonProblem.INTERNAL_ERROR ? ProblemAdvice.INTERNAL_ERROR : title);
        members.put(ProblemCode.CODE, problem.code());
        var body = JSON.writeValueAsBytes(members);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
        response.write(true, ByteBuffer.wrap(body), callback);
        return true;
    }
}
