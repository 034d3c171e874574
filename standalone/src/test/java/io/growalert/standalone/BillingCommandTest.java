package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.testkit.StubServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line of billing, against a service with prepared responses. */
class BillingCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    private final StubServer server = new StubServer();
    private int status = 200;
    private String answer = "";

    @BeforeEach
    void start() {
        server.answer(exchange -> StubServer.answer(exchange, status, answer));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private List<String> requests() {
        return server.requests().stream()
                .map(seen -> "%s %s %s"
                        .formatted(seen.method(), seen.uri(), seen.text())
                        .strip())
                .toList();
    }

    private List<String> authorizations() {
        return server.requests().stream()
                .flatMap(seen -> seen.headers().getOrDefault("Authorization", List.of()).stream())
                .toList();
    }

    @Test
    void parked_events_are_listed_with_their_reason() {
        answer = """
                [{"id": "evt_1", "type": "refund.created", "created": "2026-11-24T07:00:00Z", "error": "no charge ch_1"}]
                """;

        assertThat(run("parked")).isZero();
        assertThat(requests()).containsExactly("GET /api/billing/events?state=parked&limit=1000");
        assertThat(out.toString().lines())
                .containsExactly("evt_1  2026-11-24T07:00:00Z  refund.created  no charge ch_1", "1 parked");
    }

    @Test
    void an_empty_list_of_parked_events_is_reported() {
        answer = "[]";

        assertThat(run("parked")).isZero();
        assertThat(out.toString().strip()).isEqualTo("nothing is parked");
    }

    @Test
    void named_events_are_replayed_or_all() {
        answer = "{\"replayed\": 2}";

        assertThat(run("replay", "evt_1", "evt_2")).isZero();
        assertThat(run("replay")).isZero();
        assertThat(requests())
                .containsExactly(
                        "POST /api/billing/events/replay {\"ids\":[\"evt_1\",\"evt_2\"]}",
                        "POST /api/billing/events/replay {}");
        assertThat(out.toString().lines()).containsOnly("2 events are applied again");
    }

    @Test
    void replaying_what_is_not_parked_is_reported_and_fails() {
        answer = "{\"replayed\": 0}";
        assertThat(run("replay", "evt_9")).isEqualTo(1);
        assertThat(err.toString()).hasLineCount(1).contains("not parked: evt_9");

        answer = "{\"replayed\": 1}";
        assertThat(run("replay", "evt_1", "evt_9", "evt_9")).isEqualTo(1);
        assertThat(out.toString()).contains("1 event is applied again");
        assertThat(err.toString()).contains("1 of those named are not parked");
    }

    @Test
    void mails_are_listed_page_by_page_with_their_reason() {
        var pages = new ArrayList<>(List.of("""
                {"mails": [{"id": 8, "createdAt": "2026-11-24T08:00:00Z", "state": "parked", "kind": "receipt", "customer": "cus_1",
                            "subject": "in_1", "error": "recipient rejected"}], "next": "abc"}
                """, """
                {"mails": [{"id": 7, "createdAt": "2026-11-24T07:00:00Z", "state": "parked", "kind": "refunded", "customer": "cus_1",
                            "subject": "re_1", "error": null}], "next": null}
                """));
        server.answer(exchange -> StubServer.answer(exchange, 200, pages.removeFirst()));

        assertThat(run("mails", "--state", "parked")).isZero();
        assertThat(requests())
                .containsExactly(
                        "GET /api/billing/mails?limit=1000&state=parked",
                        "GET /api/billing/mails?limit=1000&state=parked&cursor=abc");
        assertThat(out.toString().lines())
                .containsExactly(
                        "8  2026-11-24T08:00:00Z  parked  receipt  cus_1  in_1  recipient rejected",
                        "7  2026-11-24T07:00:00Z  parked  refunded  cus_1  re_1",
                        "2 mails");
    }

    @Test
    void a_mail_is_sent_again() {
        answer = "{\"id\": 7, \"kind\": \"refunded\", \"state\": \"queued\"}";

        assertThat(run("mails", "--resend", "7")).isZero();
        assertThat(requests()).containsExactly("POST /api/billing/mails/7/resend");
        assertThat(out.toString().strip()).isEqualTo("mail 7 (refunded) is queued");

        status = 404;
        answer = "{\"status\": 404, \"detail\": \"no mail with the id '9'\"}";
        assertThat(run("mails", "--resend", "9")).isEqualTo(1);
        assertThat(err.toString()).hasLineCount(1).contains("no mail with the id '9'");
    }

    @Test
    void a_parked_mail_is_discarded() {
        answer = "{\"id\": 7, \"kind\": \"receipt\", \"state\": \"discarded\"}";

        assertThat(run("mails", "--discard", "7")).isZero();
        assertThat(requests()).containsExactly("POST /api/billing/mails/7/discard");
        assertThat(out.toString().strip()).isEqualTo("mail 7 (receipt) is discarded");
    }

    @Test
    void the_operator_token_of_the_file_is_shown() throws Exception {
        answer = "[]";

        assertThat(run("parked", "--operator-token-file", file("a-token\n"))).isZero();
        assertThat(authorizations()).containsExactly("Bearer a-token");
    }

    @Test
    void a_rejected_token_is_one_line_that_names_the_option() throws Exception {
        status = 401;
        answer = "{\"status\": 401, \"detail\": \"the operator token is needed\"}";

        assertThat(run("parked", "--operator-token-file", file("another"))).isEqualTo(1);
        assertThat(err.toString())
                .hasLineCount(1)
                .contains("responded with 401: the operator token is needed", "--operator-token-file")
                .doesNotContain("another\n");
        assertThat(run("parked", "--operator-token-file", "missing")).isEqualTo(1);
        assertThat(err.toString()).contains("the operator token in missing cannot be read");
    }

    private String file(String text) throws IOException {
        return Files.writeString(folder.resolve("token"), text).toString();
    }

    @Test
    void a_customer_is_erased() {
        status = 204;

        assertThat(run("erase", "cus_1")).isZero();
        assertThat(requests()).containsExactly("DELETE /api/billing/customers/cus_1");
        assertThat(out.toString().strip()).isEqualTo("personal data of cus_1 erased");
    }

    @Test
    void reconcile_shows_progress_and_then_what_it_changed() {
        answer = """
                {"progress": "events: 100 read"}
                {"requests": 12, "seconds": 1.5, "complete": true,
                 "events": {"read": 100, "undelivered": 3, "missing": 2},
                 "objects": {"read": 40, "repairs": 1, "unchecked": 0,
                  "repaired": [{"kind": "subscription", "id": "sub_1", "change": "changed", "fields": ["status"]}]},
                 "problems": []}
                """.replace(",\n", ",");

        assertThat(run("reconcile", "--since", "2026-11-24T00:00:00Z")).isZero();
        assertThat(requests()).containsExactly("POST /api/billing/reconcile?since=2026-11-24T00:00:00Z");
        assertThat(out.toString().lines())
                .containsExactly(
                        "events: 100 read",
                        "changed  subscription sub_1 status",
                        "events: 100 read, 3 not delivered by Stripe, 2 of them missing here and stored now",
                        "objects: 40 compared, 0 of other software ignored, 1 records repaired, 0 left for the next time",
                        "12 requests in 1.5 s");
    }

    @Test
    void an_incomplete_reconciliation_reports_why_and_fails() {
        answer = "{\"complete\": false, \"objects\": {}, \"problems\": [\"Stripe is away\"]}";

        assertThat(run("reconcile")).isEqualTo(1);
        assertThat(requests()).containsExactly("POST /api/billing/reconcile");
        assertThat(out.toString()).contains("problem  Stripe is away");
    }

    @Test
    void reconcile_looks_back_for_a_duration_too() {
        answer = "{\"complete\": true, \"objects\": {}}";

        assertThat(run("reconcile", "--since", "2h")).isZero();
        assertThat(requests()).singleElement().asString().matches("POST .*\\?since=20\\d\\d-.*Z");
        assertThat(run("reconcile", "--since", "yesterday")).isEqualTo(2);
        assertThat(err.toString()).contains("'yesterday' is neither a duration such as 2h or 7d nor an instant");
    }

    @Test
    void a_reconciliation_without_a_report_is_one_line_and_a_failure() {
        answer = "{\"progress\": \"events: 100 read\"}\n";

        assertThat(run("reconcile")).isEqualTo(1);
        assertThat(err.toString()).hasLineCount(1).contains("ended early, without a report");
    }

    @Test
    void a_rejection_is_one_line_with_the_services_message() {
        status = 404;
        answer = "{\"status\": 404, \"title\": \"Not Found\", \"detail\": \"no customer with the id 'cus_9'\"}";

        assertThat(run("erase", "cus_9")).isEqualTo(1);
        assertThat(err.toString()).hasLineCount(1).contains("responded with 404: no customer with the id 'cus_9'");
    }

    @Test
    void a_missing_path_suggests_checking_that_billing_runs() {
        status = 404;
        answer = "{\"status\": 404, \"detail\": \"there is nothing here\"}";

        assertThat(run("parked")).isEqualTo(1);
        assertThat(err.toString()).hasLineCount(1).contains("there is nothing here; does billing run there?");
    }

    @Test
    void an_unreachable_service_is_one_line_that_names_the_option() {
        int port = LoopbackPorts.anyFree();

        assertThat(GrowAlert.commandLine()
                        .setErr(new PrintWriter(err, true))
                        .execute("billing", "parked", "--url", "http://127.0.0.1:" + port))
                .isEqualTo(1);
        assertThat(err.toString()).hasLineCount(1).contains("http://127.0.0.1:" + port + " is unreachable", "--url");
    }

    @Test
    void what_is_no_id_of_a_customer_is_never_sent() {
        assertThat(run("erase", "../events")).isEqualTo(1);
        assertThat(requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://127.0.0.1", "localhost:8080", "file:///etc"})
    void a_url_of_another_kind_is_wrong_usage(String url) {
        int code = GrowAlert.commandLine().setErr(new PrintWriter(err)).execute("billing", "parked", "--url", url);

        assertThat(code).isEqualTo(2);
        assertThat(err.toString())
                .contains("--url must be such as http://127.0.0.1:8080")
                .doesNotContain("\tat ");
    }

    @Test
    void a_token_that_is_none_is_one_line_without_it() throws Exception {
        assertThat(run("parked", "--operator-token-file", file("swordfish\nand another line")))
                .isEqualTo(1);

        assertThat(err.toString()).hasLineCount(1).contains("operator token").doesNotContain("swordfish");
        assertThat(requests()).isEmpty();
    }

    private int run(String... arguments) {
        var all = new ArrayList<>(List.of("billing"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--url", server.url()));
        return GrowAlert.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
    }
}
