package io.growalert.billing;

import io.growalert.billing.projection.Origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.growalert.definitions.Secret;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.ErrorResponseException;

class OperatorAccessTest {
    private final MockHttpServletRequest request = new MockHttpServletRequest("DELETE", "/api/billing/customers/cus_1");

    private OperatorAccessTest() {
        request.setServerName("127.0.0.1");
    }

    private void ask(String token) {
        new OperatorAccess(new Secret(token)).preHandle(request, new MockHttpServletResponse(), this);
    }

    private void isRefused(String token, HttpStatus status) {
        assertThatThrownBy(() -> ask(token))
                .isInstanceOfSatisfying(ErrorResponseException.class, problem -> assertThat(problem.getStatusCode())
                        .isEqualTo(status));
    }

    @Test
    void a_program_on_this_machine_is_let_in() {
        assertThatCode(() -> ask("")).doesNotThrowAnyException();
    }

    @Test
    void a_browser_is_not_whichever_page_it_shows() {
        request.addHeader("Origin", "http://127.0.0.1");

        isRefused("", HttpStatus.FORBIDDEN);
    }

    @Test
    void a_browser_that_names_no_origin_is_not() {
        request.addHeader("Sec-Fetch-Site", "none");

        isRefused("", HttpStatus.FORBIDDEN);
    }

    @Test
    void a_foreign_name_that_leads_here_is_not() {
        request.setServerName("evil.example");

        isRefused("", HttpStatus.FORBIDDEN);
    }

    @Test
    void with_a_token_set_everybody_needs_it() {
        isRefused("secret", HttpStatus.UNAUTHORIZED);
    }

    @Test
    void another_token_is_refused() {
        request.addHeader("Authorization", "Bearer secre");

        isRefused("secret", HttpStatus.UNAUTHORIZED);
    }

    @Test
    void the_token_lets_in_from_anywhere() {
        request.setServerName("billing.example");
        request.addHeader("Authorization", "Bearer secret");

        assertThatCode(() -> ask("secret")).doesNotThrowAnyException();
    }
}
