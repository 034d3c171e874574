package io.growalert.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Amounts are in Stripe's smallest unit, which is not always the usual one. */
class MoneyTest extends Visits {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1900 | eur | €19.00",
                "5 | usd | $0.05",
                "123456789 | usd | $1,234,567.89",
                "5000 | jpy | ¥5,000",
                "5000 | krw | ₩5,000",
                "5000 | mga | MGA 5,000",
                "500 | isk | ISK 5",
                "500 | ugx | UGX 5",
                "5120 | kwd | KWD 5.120",
                "1950 | rsd | RSD 19.5",
                "0 | eur | €0.00"
            })
    void an_amount_is_shown_in_its_currency(int amount, String currency, String shown) {
        visitor.opens();

        assertThat(visitor.page
                        .evaluate(
                                "([amount, currency]) => import('/register/money.js').then(page => page.money(amount, currency))",
                                List.of(amount, currency))
                        .toString()
                        .replace('\u00a0', ' '))
                .isEqualTo(shown);
    }
}
