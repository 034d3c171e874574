package io.growalert.dispatcher.template;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.definitions.DefinitionFile;
import io.growalert.definitions.Problems;
import io.growalert.definitions.Variables;
import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.handler.HandlerType;
import io.growalert.dispatcher.handler.MailServer;
import io.growalert.dispatcher.handler.Notification;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.receiver.HandlerTypes;
import io.growalert.events.AlertEvent;
import io.growalert.events.GroupEvent;
import io.growalert.events.GroupEvent.Change;
import io.growalert.events.GroupEvent.GroupedAlert;
import io.growalert.events.Ids;
import io.growalert.events.Json;
import java.net.URLDecoder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages of groups to each kind of receiver that uses HTTP. */
class GroupPresetsTest {
    private static final Instant FORMED = Instant.parse("2026-11-24T07:10:00.123Z");
    private static final String TITLE = "[FIRING] site=north: 1 new, 1 still firing, 1 resolved";
    private static final AlertEvents OFFICE = AlertEvents.of("room-co2", "ops");
    private static final AlertEvents LAB = OFFICE.withSeries(Map.of("room", "lab \"2\""));
    private static final AlertEvents ATTIC = AlertEvents.of("attic-co2", "ops").withSeries(Map.of());

    private final ServiceStub service = new ServiceStub();

    @AfterEach
    void stop() {
        service.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "slack | {url: URL, token: t, channel: '#ops'} | {\"ok\": true, \"ts\": \"1.2\", \"channel\": \"C1\"} | /text",
                "discord | {url: URL} | {} | /embeds/0/title",
                "teams | {url: URL} | '' | /attachments/0/content/body/0/text",
                "ntfy | {url: URL, topic: t} | {\"id\": \"x\"} | /title",
            })
    void the_title_says_what_changed_and_the_text_names_the_worst(
            String key, String settings, String answer, String title) throws Exception {
        service.answer(200, answer);

        var outcome = service.open(type(key), settings).deliver(mixed());

        assertThat(outcome).isInstanceOf(Outcome.Delivered.class);
        assertThat(service.lastJson().at(title).stringValue()).isEqualTo(TITLE);
        assertThat(service.last().text())
                .contains("New: 1", "room-co2 {room=office} 1003.5: CO2 is 1003.5 ppm, since 2026-11-24 07:00:00 UTC")
                .contains("Still firing: 1", "Resolved: 1", "attic-co2 640: CO2 is 640.0 ppm");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pushover | {url: URL, token: t, user: u} | {\"status\": 1} | priority=1",
                "twilio | {url: URL, account: A, token: t, to: '+1', from: '+2'} | {\"sid\": \"S\", \"status\": \"queued\"} | To=+1",
            })
    void a_form_has_it_too(String key, String settings, String answer, String expected) throws Exception {
        service.answer(200, answer);

        assertThat(service.open(type(key), settings).deliver(mixed())).isInstanceOf(Outcome.Delivered.class);

        assertThat(URLDecoder.decode(service.last().text(), UTF_8)).contains(TITLE, "New: 1", expected);
    }

    @Test
    void telegram_has_both_in_one_text() throws Exception {
        service.answer(200, "{\"ok\": true, \"result\": {\"message_id\": 7}}");

        service.open(type("telegram"), "{url: URL, token: t, chat: '1'}").deliver(mixed());

        assertThat(service.lastJson().at("/text").stringValue().lines())
                .startsWith(TITLE, "", "New: 1")
                .anySatisfy(line -> assertThat(line).startsWith("- room-co2"));
        assertThat(service.lastJson().at("/reply_parameters").isMissingNode()).isTrue();
    }

    @Test
    void the_group_is_the_incident_of_pagerduty_which_is_resolved_when_nothing_fires() throws Exception {
        service.answer(202, "{\"status\": \"success\"}");
        var handler = service.open(type("pagerduty"), "{url: URL, routingKey: R}");

        handler.deliver(mixed());
        var trigger = service.lastJson();
        handler.deliver(message(new GroupEvent.Counts(0, 0, 1), alert(Change.RESOLVED, OFFICE.resolved(0))));
        var resolve = service.lastJson();

        assertThat(trigger.at("/event_action").stringValue()).isEqualTo("trigger");
        assertThat(trigger.at("/dedup_key").stringValue()).isEqualTo(group());
        assertThat(trigger.at("/payload/summary").stringValue())
                .isEqualTo("site=north: 1 new, 1 still firing, 1 resolved");
        assertThat(trigger.at("/payload/severity").stringValue()).isEqualTo("critical");
        assertThat(trigger.at("/payload/custom_details/alerts").stringValue()).contains("New: 1");
        assertThat(trigger.at("/payload/custom_details/labels/site").stringValue())
                .isEqualTo("north");
        assertThat(resolve.at("/event_action").stringValue()).isEqualTo("resolve");
        assertThat(resolve.at("/dedup_key")).isEqualTo(trigger.at("/dedup_key"));
    }

    @Test
    void alertmanagers_payload_has_the_alerts_and_what_they_have_in_common() throws Exception {
        service.answer(200, "");

        service.open(type("alertmanager"), "{url: URL}")
                .deliver(message(
                        new GroupEvent.Counts(5, 0, 1),
                        alert(Change.NEW, OFFICE.firing(0)),
                        alert(Change.NEW, LAB.firing(0)),
                        alert(Change.RESOLVED, OFFICE.resolved(1))));

        var payload = service.lastJson();
        assertThat(payload.at("/status").stringValue()).isEqualTo("firing");
        assertThat(payload.at("/groupKey").stringValue()).isEqualTo("{}/{severity=critical}:{site=\"north\"}");
        assertThat(payload.at("/groupLabels").toString()).isEqualTo("{\"site\":\"north\"}");
        assertThat(payload.at("/commonLabels").toString()).isEqualTo("{\"alertname\":\"room-co2\",\"site\":\"north\"}");
        assertThat(payload.at("/commonAnnotations").toString()).isEqualTo("{\"description\":\"above 1000\"}");
        assertThat(payload.at("/truncatedAlerts").intValue()).isEqualTo(3);
        assertThat(payload.at("/alerts").size()).isEqualTo(3);
        assertThat(payload.at("/alerts/0/status").stringValue()).isEqualTo("firing");
        assertThat(payload.at("/alerts/0/labels/room").stringValue()).isEqualTo("office");
        assertThat(payload.at("/alerts/1/labels/room").stringValue()).isEqualTo("lab \"2\"");
        assertThat(payload.at("/alerts/2/status").stringValue()).isEqualTo("resolved");
        assertThat(Instant.parse(payload.at("/alerts/2/endsAt").stringValue()))
                .isEqualTo(OFFICE.resolved(1).slot());
        assertThat(payload.at("/alerts/0/endsAt").stringValue()).isEqualTo("0001-01-01T00:00:00Z");
    }

    @Test
    void a_users_template_iterates_over_the_alerts() throws Exception {
        service.answer(200, "");

        service.open(type("http"), """
                        {url: URL, headers: {Content-Type: text/plain}, body: "{{#group}}{{newCount}}/{{firingCount}}/{{resolvedCount}}\
                        {{#alerts}} {{monitor}}={{status}}{{#resolved}}!{{/resolved}}{{/alerts}}{{/group}}{{^group}}one{{/group}}"}""").deliver(mixed());

        assertThat(service.last().text()).isEqualTo("1/2/1 room-co2=FAILED room-co2=FAILED attic-co2=PASSED!");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"text\": \"{{title}}\", \"value\": {{value}}} | false",
                "{\"text\": \"{{title}}\"{{#hasValue}}, \"value\": {{value}}{{/hasValue}}} | true"
            })
    void a_users_template_that_is_invalid_without_a_value_accepts_no_groups(String body, boolean accepts) {
        var problems = new Problems();
        var section = DefinitionFile.parse(
                        "test.yml",
                        "http: {url: 'http://127.0.0.1:1', body: '%s'}".formatted(body),
                        new Variables(Map.of()),
                        problems)
                .flatMap(root -> root.section("http"))
                .orElseThrow();

        assertThat(type("http").read(section, MailServer.local()))
                .hasValueSatisfying(config -> assertThat(config.acceptsGroups()).isEqualTo(accepts));
        assertThat(problems.inOrder()).isEmpty();
    }

    @Test
    void at_most_ten_alerts_of_a_change_are_named_for_people() throws Exception {
        service.answer(200, "{}");
        var alerts = IntStream.range(0, 30)
                .mapToObj(n -> alert(
                        Change.NEW, OFFICE.withSeries(Map.of("room", "r" + n)).firing(0)))
                .toArray(GroupedAlert[]::new);

        service.open(type("discord"), "{url: URL}").deliver(message(new GroupEvent.Counts(12_345, 0, 0), alerts));

        assertThat(service.lastJson().at("/embeds/0/description").stringValue().lines())
                .hasSize(12)
                .startsWith("New: 12345")
                .endsWith("and 12335 more");
    }

    private static HandlerType type(String key) {
        return HandlerTypes.load().stream()
                .filter(type -> type.key().equals(key))
                .findFirst()
                .orElseThrow();
    }

    private static Notification mixed() {
        return message(
                new GroupEvent.Counts(1, 1, 1),
                alert(Change.NEW, OFFICE.firing(0)),
                alert(Change.STILL_FIRING, LAB.reminder(0, 1)),
                alert(Change.RESOLVED, ATTIC.resolved(0)));
    }

    private static GroupedAlert alert(Change change, AlertEvent event) {
        return new GroupedAlert(change, event);
    }

    private static String group() {
        return Ids.group("{}/{severity=critical}", Map.of("site", "north"), "ops");
    }

    private static Notification message(GroupEvent.Counts counts, GroupedAlert... alerts) {
        var message = new GroupEvent(
                Ids.groupMessage(group(), FORMED, 1),
                GroupEvent.Type.GROUP,
                group(),
                "{}/{severity=critical}",
                Map.of("site", "north"),
                counts,
                List.copyOf(Stream.of(alerts).toList()),
                counts.all() - alerts.length,
                FORMED);
        return new Notification(
                Ids.delivery(message.id(), "ops"), "ops", message, new String(Json.write(message), UTF_8));
    }
}
