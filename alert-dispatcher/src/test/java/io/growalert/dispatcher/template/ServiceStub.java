package io.growalert.dispatcher.template;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.definitions.DefinitionFile;
import io.growalert.definitions.Problems;
import io.growalert.definitions.Variables;
import io.growalert.dispatcher.handler.Handler;
import io.growalert.dispatcher.handler.HandlerType;
import io.growalert.dispatcher.handler.MailServer;
import io.growalert.dispatcher.handler.Notification;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.events.AlertEvent;
import io.growalert.events.Ids;
import io.growalert.events.Json;
import io.growalert.testkit.StubServer;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** A service that a receiver notifies; it answers with published examples. */
public final class ServiceStub implements AutoCloseable {
    private final StubServer server = new StubServer();

    public String url() {
        return server.url();
    }

    public StubServer server() {
        return server;
    }

    public void answer(int status, String body) {
        server.answer(exchange -> StubServer.answer(exchange, status, body));
    }

    /** Answers with a resource beside the test. */
    public void answer(int status, Class<?> test, String fixture) {
        answer(status, RequestTemplate.resource(test, fixture));
    }

    public void answer(int status, String body, Map<String, String> headers) {
        server.answer(exchange -> {
            headers.forEach(exchange.getResponseHeaders()::set);
            StubServer.answer(exchange, status, body);
        });
    }

    public StubServer.Seen last() {
        return server.last();
    }

    public JsonNode lastJson() {
        return Json.read(server.last().body(), JsonNode.class);
    }

    /** The receiver with these settings, in which {@code URL} is the service. */
    public Handler open(HandlerType type, String settings) {
        var problems = new Problems();
        var config = DefinitionFile.parse(
                        "test.yml",
                        type.key() + ": " + settings.replace("URL", url()),
                        new Variables(Map.of()),
                        problems)
                .flatMap(root -> root.section(type.key()))
                .flatMap(section -> {
                    var read = type.read(section, MailServer.local());
                    section.finish();
                    return read;
                });
        assertThat(problems.inOrder()).isEmpty();
        return config.orElseThrow().open();
    }

    /** The keys of the settings that are wrong. */
    public static List<String> problems(HandlerType type, String settings) {
        var problems = new Problems();
        var config = DefinitionFile.parse("test.yml", type.key() + ": " + settings, new Variables(Map.of()), problems)
                .flatMap(root -> root.section(type.key()))
                .flatMap(section -> {
                    var read = type.read(section, MailServer.local());
                    section.finish();
                    return read;
                });
        assertThat(config.isEmpty() || !problems.isEmpty()).isTrue();
        return problems.inOrder().stream().map(problem -> problem.key()).toList();
    }

    public static Notification notification(AlertEvent event) {
        return new Notification(Ids.delivery(event.id(), "ops"), "ops", event, new String(Json.write(event), UTF_8));
    }

    /** Such as {@code Retry PT5S HTTP 429: slow down}. */
    public static String shown(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Delivered(var detail, var _) -> "Delivered " + detail;
            case Outcome.Retry(var reason, var after, var _) ->
                "Retry " + after.map(wait -> wait + " ").orElse("") + reason;
            case Outcome.Refused(var reason, var after) ->
                "Refused " + after.map(wait -> wait + " ").orElse("") + reason;
            case Outcome.Rejected(var reason) -> "Rejected " + reason;
        };
    }

    @Override
    public void close() {
        server.close();
    }
}
