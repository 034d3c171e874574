package io.growalert.billing.mail;

import io.growalert.runtime.brand.Brand;
import java.net.URI;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What templates show: the values of a mail, readable, and those that all mails have. */
final class MailValues {
    private static final Pattern INSTANT = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(:\\d\\d(\\.\\d+)?)?Z");
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("d MMMM uuuu", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    private final Brand brand;
    private final String site;
    private final boolean hasLogo;

    /** @param site null when mail is not configured */
    MailValues(Brand brand, @Nullable URI site, boolean hasLogo) {
        this.brand = brand;
        this.site = site == null ? "" : site.toString().replaceAll("/+$", "");
        this.hasLogo = hasLogo;
    }

    /** The values of all kinds, for the check of templates. */
    static Map<String, Object> sample() {
        var brand = new Brand(
                "GrowAlert",
                "#17663a",
                null,
                "https://example.com/terms",
                "https://example.com/privacy",
                "Prices include 19 % VAT.",
                "help@example.com");
        var values = new HashMap<String, String>();
        values.put("amount", "119000");
        values.put("currency", "eur");
        for (var name : new String[] {"invoiceUrl", "pdfUrl"}) {
            values.put(name, "https://invoice.stripe.com/i/sample");
        }
        for (var name : new String[] {"trialEnd", "endsAt", "nextAttempt", "pausesAt"}) {
            values.put(name, "2026-12-01T09:00:00Z");
        }
        for (var name :
                new String[] {"number", "invoice", "order", "quantity", "subscription", "tracking", "minutes"}) {
            values.put(name, "1");
        }
        for (var name : new String[] {"scheduled", "unpaid", "paused", "noCard"}) {
            values.put(name, "true");
        }
        return new MailValues(brand, URI.create("https://example.com"), true).of(values, "/sign-in.html#token=sample");
    }

    /** @param path of the link within the site; null: the account page */
    Map<String, Object> of(Map<String, String> values, @Nullable String path) {
        var shown = new HashMap<String, Object>();
        values.forEach((name, value) -> shown.put(name, readable(value)));
        var amount = values.get("amount");
        var currency = values.get("currency");
        if (amount != null && currency != null) {
            shown.put("amount", Money.format(Long.parseLong(amount), currency));
        }
        shown.put("brand", brand.name());
        shown.put("color", brand.color());
        shown.put("logo", hasLogo);
        shown.put("support", brand.support());
        shown.put("supportLink", brand.supportLink());
        shown.put("terms", brand.terms());
        shown.put("privacy", brand.privacy());
        shown.put("site", site);
        shown.put("account", site + "/account.html");
        shown.put("link", site + (path == null ? "/account.html" : path));
        return shown;
    }

    private static String readable(String value) {
        return INSTANT.matcher(value).matches() ? DATE.format(Instant.parse(value)) : value;
    }
}
