package io.growalert.billing.stripe;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An invoice that does not exist.
 *
 * @param amountDue what is charged, in the currency's smallest unit; credit is subtracted
 * @param creditBefore of the customer, which reduces invoices: zero or negative, like {@code credit}
 * @param credit of the customer after it
 * @param periodEnd the latest end of a period that it charges; a credit is for the rest of the former period
 * @param adjusted whether discounts or taxes apply: its total does not follow from the prices alone
 */
public record PreviewedInvoice(
        long amountDue,
        String currency,
        List<PreviewedLine> lines,
        long creditBefore,
        long credit,
        @Nullable Instant periodEnd,
        boolean adjusted) {
    public PreviewedInvoice {
        lines = List.copyOf(lines);
    }

    /** @param amount in the currency's smallest unit; negative: a credit */
    public record PreviewedLine(String description, long amount) {}

    static PreviewedInvoice of(StripeFields invoice) {
        var lines = invoice.list("lines");
        long balance = invoice.number("starting_balance", 0);
        return new PreviewedInvoice(
                invoice.number("amount_due"),
                invoice.text("currency"),
                lines.stream()
                        .map(line -> new PreviewedLine(
                                Objects.requireNonNullElse(line.optionalText("description"), ""),
                                line.number("amount")))
                        .toList(),
                Math.min(0, balance),
                Math.min(0, invoice.number("total") + balance),
                lines.stream()
                        .filter(line -> line.number("amount") >= 0)
                        .flatMap(line ->
                                Optional.ofNullable(line.object("period").optionalTime("end")).stream())
                        .max(Instant::compareTo)
                        .orElse(null),
                isAdjusted(invoice));
    }

    /** A tax that the prices include changes no total. */
    private static boolean isAdjusted(StripeFields invoice) {
        long sum = invoice.list("lines").stream()
                .mapToLong(line -> line.number("amount"))
                .sum();
        return sum != invoice.number("total")
                || !invoice.elements("total_discount_amounts").isEmpty()
                || invoice.elements("total_taxes").stream()
                        .anyMatch(tax -> "exclusive".equals(tax.optionalText("tax_behavior")));
    }
}
