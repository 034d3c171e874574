package io.growalert.runtime.http;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import org.springframework.http.MediaType;
import tools.jackson.databind.json.JsonMapper;

/** The answer of a filter that refuses a request. */
final class ProblemResponse {
    private static final JsonMapper JSON = JsonMapper.shared();

    private ProblemResponse() {}

    static void write(HttpServletResponse response, CommonProblem problem, String detail) throws IOException {
        var status = problem.status();
        var members = new LinkedHashMap<String, Object>();
        members.put("type", "about:blank");
        members.put("title", status.getReasonPhrase());
        members.put("status", status.value());
        members.put("detail", detail);
        members.put(ProblemCode.CODE, problem.code());
        var body = JSON.writeValueAsBytes(members);
        response.setStatus(status.value());
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
