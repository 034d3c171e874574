package io.growalert.dispatcher.handler.email;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.definitions.Secret;
import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.handler.MailServer;
import io.growalert.dispatcher.handler.Notification;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.handler.Settled;
import io.growalert.events.Ids;
import io.growalert.events.Json;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each address of an e-mail receiver has its own outcome. */
class AddressesTest {
    private static final String GROWER = "grower@example.com";
    private static final String BOSS = "boss@example.com";

    private ScriptedMailServer server;

    @BeforeEach
    void startServer() throws IOException {
        server = new ScriptedMailServer();
    }

    @AfterEach
    void stopServer() throws IOException {
        server.close();
    }

    @Test
    void a_temporarily_refused_address_is_retried_alone() throws Exception {
        server.answers.put(GROWER, 450);

        var first = deliver(Settled.NONE);

        assertThat(first).isInstanceOf(Outcome.Retry.class);
        assertThat(server.accepted).containsExactly(List.of(BOSS));
        var settled = ((Outcome.Retry) first).settled().orElseThrow();
        assertThat(settled.accepted()).containsExactly(BOSS);

        server.answers.clear();
        var second = deliver(Settled.read(settled.json()));

        assertThat(second).isEqualTo(new Outcome.Delivered("accepted for 2 addresses"));
        assertThat(server.accepted).containsExactly(List.of(BOSS), List.of(GROWER));
        assertThat(server.to).hasSize(2).allSatisfy(to -> assertThat(to).contains(BOSS, GROWER));
    }

    @Test
    void a_permanently_refused_address_is_in_the_detail_and_the_others_get_the_message() throws Exception {
        server.answers.put(BOSS, 550);

        var outcome = deliver(Settled.NONE);

        assertThat(outcome)
                .isEqualTo(new Outcome.Delivered(
                        "accepted for 1 addresses, refused permanently for boss@example.com (SMTP 550)"));
        assertThat(server.accepted).containsExactly(List.of(GROWER));
    }

    @Test
    void a_permanent_and_a_temporary_refusal_are_settled_one_after_the_other() throws Exception {
        server.answers.put(BOSS, 550);
        server.answers.put(GROWER, 451);

        var first = (Outcome.Retry) deliver(Settled.NONE);
        server.answers.clear();
        var second = deliver(first.settled().orElseThrow());

        assertThat(second)
                .isEqualTo(new Outcome.Delivered(
                        "accepted for 1 addresses, refused permanently for boss@example.com (SMTP 550)"));
        assertThat(server.accepted).containsExactly(List.of(GROWER));
    }

    @Test
    void a_permanent_refusal_of_all_addresses_is_rejected_without_them() throws Exception {
        server.answers.put(BOSS, 550);
        server.answers.put(GROWER, 553);

        var outcome = deliver(Settled.NONE);

        assertThat(outcome)
                .isEqualTo(new Outcome.Rejected("refused permanently for all 2 addresses: [SMTP 550, SMTP 553]"));
    }

    @Test
    void a_reply_to_the_message_applies_to_all_addresses() throws Exception {
        server.answerToData = 554;
        assertThat(deliver(Settled.NONE)).isInstanceOf(Outcome.Rejected.class);

        server.answerToData = 451;
        var outcome = deliver(Settled.NONE);

        assertThat(outcome).isInstanceOf(Outcome.Retry.class);
        assertThat(((Outcome.Retry) outcome).settled()).contains(Settled.NONE);
        assertThat(server.accepted).isEmpty();
    }

    private Outcome deliver(Settled settled) throws Exception {
        var handler = new EmailConfig(
                        new MailServer(
                                "127.0.0.1",
                                server.port(),
                                "",
                                new Secret(""),
                                MailServer.Security.NONE,
                                "growalert@farm.example"),
                        List.of(GROWER, BOSS))
                .open();
        var event = AlertEvents.of("room-co2", "grower").firing(0);
        return handler.deliver(new Notification(
                Ids.delivery(event.id(), "grower"), "grower", event, new String(Json.write(event), UTF_8), settled));
    }
}
