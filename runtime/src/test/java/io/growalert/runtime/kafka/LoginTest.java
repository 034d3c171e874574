package io.growalert.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoginTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "M required username=\"${env:U}\" password=\"literal\";",
                "M required password = \"x\" username=\"u\";",
                "M required password=x;",
                "M required password=\"a b\\\" c\";"
            })
    void a_password_in_the_file_is_a_secret(String jaas) {
        assertThat(Login.hasPassword(jaas)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "M required username=\"u\" password=\"${directory:/run/secrets:p}\";",
                "M required username=\"u\" password = ${env:P};",
                "${directory:/run/secrets:sasl.jaas.config}",
                "M required useTicketCache=true;"
            })
    void a_password_elsewhere_is_no_secret_of_the_file(String jaas) {
        assertThat(Login.hasPassword(jaas)).isFalse();
    }
}
