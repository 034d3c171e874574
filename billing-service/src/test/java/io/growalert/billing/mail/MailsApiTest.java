package io.growalert.billing.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import io.growalert.runtime.audit.AuditLog;
import io.growalert.runtime.http.Operator;
import io.growalert.runtime.http.ProblemAdvice;
import io.growalert.runtime.http.Role;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.MethodParameter;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import tools.jackson.databind.json.JsonMapper;

class MailsApiTest {
    private final MailScene scene = new MailScene();
    private final AuditLog audit = new AuditLog(scene.jdbc, scene.database.transaction(), "billing.audit");
    private final MockMvc api = MockMvcBuilders.standaloneSetup(
                    new MailsApi(new MailList(scene.jdbc, scene.mails, audit)))
            .setControllerAdvice(new ProblemAdvice())
            .setCustomArgumentResolvers(new Ann())
            .build();

    /** The operator of all requests. */
    private static final class Ann implements HandlerMethodArgumentResolver {
        @Override
        public boolean supportsParameter(MethodParameter parameter) {
            return parameter.getParameterType() == Operator.class;
        }

        @Override
        public Operator resolveArgument(
                MethodParameter parameter,
                @Nullable ModelAndViewContainer container,
                NativeWebRequest request,
                @Nullable WebDataBinderFactory binders) {
            return new Operator("ann", Role.ADMIN);
        }
    }

    @AfterEach
    void close() {
        scene.close();
    }

    private void park(String subject) {
        scene.jdbc
                .sql(
                        "update billing.mails set state = 'parked', attempts = 9, error = 'gone', done_at = now() where subject = :subject")
                .param("subject", subject)
                .update();
    }

    @Test
    void mails_are_listed_page_by_page_without_addresses_and_values() throws Exception {
        var customer = scene.customer(1);
        for (int i = 1; i <= 3; i++) {
            scene.enqueue(MailKind.SHIPPED, customer, "ord_" + i, Map.of("tracking", "T" + i));
        }
        park("ord_1");

        var first = api.perform(get("/api/billing/mails?limit=2"))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.mails.length()").value(2))
                .andExpect(jsonPath("$.mails[0].subject").value("ord_3"))
                .andExpect(jsonPath("$.mails[0].kind").value("shipped"))
                .andExpect(jsonPath("$.mails[0].customer").value("cus_1"))
                .andExpect(jsonPath("$.mails[0].state").value("queued"))
                .andExpect(jsonPath("$.mails[0].dueAt").isNotEmpty())
                .andReturn()
                .getResponse()
                .getContentAsString();
        assertThat(first).doesNotContain("example.com", "T3");
        var next = JsonMapper.shared().readTree(first).path("next").asString();
        api.perform(get("/api/billing/mails").param("limit", "2").param("cursor", next))
                .andExpect(jsonPath("$.mails.length()").value(1))
                .andExpect(jsonPath("$.mails[0].subject").value("ord_1"))
                .andExpect(jsonPath("$.next").isEmpty());
        api.perform(get("/api/billing/mails?state=parked"))
                .andExpect(jsonPath("$.mails.length()").value(1))
                .andExpect(jsonPath("$.mails[0].error").value("gone"))
                .andExpect(jsonPath("$.mails[0].dueAt").isEmpty())
                .andExpect(jsonPath("$.mails[0].doneAt").isNotEmpty());
    }

    @ParameterizedTest
    @CsvSource({
        "state=lost, state",
        "limit=0, limit",
        "limit=1001, limit",
        "cursor=x, cursor",
        "cursor=WyJhIiwiYiJd, cursor"
    })
    void a_wrong_parameter_is_named(String query, String field) throws Exception {
        api.perform(get("/api/billing/mails?" + query))
                .andExpect(status().isBadRequest())
                .andExpect(jsonPath("$.field").value(field));
    }

    @Test
    void a_mail_is_sent_again_once_and_that_is_audited() throws Exception {
        scene.enqueue(MailKind.SHIPPED, scene.customer(1), "ord_1", Map.of());
        park("ord_1");
        long id =
                scene.jdbc.sql("select id from billing.mails").query(Long.class).single();

        for (int i = 0; i < 2; i++) {
            api.perform(post("/api/billing/mails/{id}/resend", id))
                    .andExpect(status().isOk())
                    .andExpect(jsonPath("$.state").value("queued"))
                    .andExpect(jsonPath("$.attempts").value(0))
                    .andExpect(jsonPath("$.error").isEmpty());
        }

        assertThat(scene.table.claim(4, Duration.ofMinutes(5)))
                .singleElement()
                .satisfies(mail -> assertThat(mail.resends()).isEqualTo(1));
        assertThat(audit.page(10, null)).singleElement().satisfies(entry -> {
            assertThat(entry.action() + " " + entry.target()).isEqualTo("resend-mail " + id);
            assertThat(entry.before()).hasToString("{\"state\":\"parked\"}");
            assertThat(entry.after()).hasToString("{\"state\":\"queued\"}");
        });
        api.perform(post("/api/billing/mails/{id}/resend", id + 1)).andExpect(status().isNotFound());
        api.perform(post("/api/billing/mails/x/resend")).andExpect(status().isBadRequest());
    }

    @Test
    void only_a_parked_mail_is_discarded_and_that_is_audited() throws Exception {
        scene.enqueue(MailKind.SHIPPED, scene.customer(1), "ord_1", Map.of());
        long id =
                scene.jdbc.sql("select id from billing.mails").query(Long.class).single();
        api.perform(post("/api/billing/mails/{id}/discard", id))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.state").value("queued"));
        park("ord_1");

        for (int i = 0; i < 2; i++) {
            api.perform(post("/api/billing/mails/{id}/discard", id))
                    .andExpect(status().isOk())
                    .andExpect(jsonPath("$.state").value("discarded"))
                    .andExpect(jsonPath("$.error").value("gone"));
        }

        assertThat(MailHealth.status(scene.table.backlog()).getCode()).isEqualTo("UP");
        assertThat(audit.page(10, null)).singleElement().satisfies(entry -> {
            assertThat(entry.action() + " " + entry.target()).isEqualTo("discard-mail " + id);
            assertThat(entry.before()).hasToString("{\"state\":\"parked\"}");
            assertThat(entry.after()).hasToString("{\"state\":\"discarded\"}");
        });
        api.perform(post("/api/billing/mails/{id}/discard", id + 1)).andExpect(status().isNotFound());
    }
}
