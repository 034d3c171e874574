package io.growalert.billing;

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
    void a_program_on_this_machine_has_access() {
        assertThatCode(() -> ask("")).doesNotThrowAnyException();
    }

    @Test
    void a_browser_has_none_from_any_page() {
        request.addHeader("Origin", "http://127.0.0.1");

        isRefused("", HttpStatus.FORBIDDEN);
    }

    @Test
    void a_browser_without_an_origin_has_none() {
        request.addHeader("Sec-Fetch-Site", "none");

        isRefused("", HttpStatus.FORBIDDEN);
    }

    @Test
    void a_foreign_host_name_of_this_machine_has_none() {
        request.setServerName("evil.example");

        isRefused("", HttpStatus.FORBIDDEN);
    }

    @Test
    void with_a_token_set_every_client_needs_it() {
        isRefused("secret", HttpStatus.UNAUTHORIZED);
    }

    @Test
    void another_token_is_rejected() {
        request.addHeader("Authorization", "Bearer secre");

        isRefused("secret", HttpStatus.UNAUTHORIZED);
    }

    @Test
    void the_token_gives_access_from_any_machine() {
        request.setServerName("billing.example");
        request.addHeader("Authorization", "Bearer secret");

        assertThatCode(() -> ask("secret")).doesNotThrowAnyException();
    }
}
