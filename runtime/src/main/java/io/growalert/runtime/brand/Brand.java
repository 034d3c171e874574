package io.growalert.runtime.brand;

import io.growalert.runtime.PlainReason;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How customers see the product, on pages and in mails. Absent links and texts are empty.
 *
 * @param name at most 60 characters in one line
 * @param color {@code #rrggbb} in lower case, of buttons with white text and of links: a contrast of at least 4.5 against white
 * @param logo an SVG or PNG file of at most 256 KiB, or null for the default mark; see {@link #mark}
 * @param terms the https address of the terms of service
 * @param privacy the https address of the privacy policy
 * @param tax one line about taxes in prices, at most 200 characters, such as {@code Prices include 19 % VAT.}
 * @param support a mail address, or an https address
 */
@ConfigurationProperties("growalert.brand")
public record Brand(
        @DefaultValue("GrowAlert") String name,
        @DefaultValue("#17663a") String color,
        @Nullable Path logo,
        @DefaultValue("") String terms,
        @DefaultValue("") String privacy,
        @DefaultValue("") String tax,
        @DefaultValue("") String support) {
    private static final int LONGEST_NAME = 60;
    private static final int LONGEST_LINE = 200;
    private static final Pattern MAIL =
            Pattern.compile("[^\\s@<>\"(),:;\\\\]+@[^\\s@<>\"(),:;\\\\]+\\.[^\\s@<>\"(),:;\\\\]+");

    /** @throws RuntimeException a {@link PlainReason} with a line for each invalid setting */
    public Brand {
        var problems = new ArrayList<String>();
        name = name.strip();
        if (!isLine(name, LONGEST_NAME) || name.isEmpty()) {
            problems.add(problem("name", name, "expected one line of at most %d characters".formatted(LONGEST_NAME)));
        }
        color = BrandColor.normalized(color);
        BrandColor.problem(color).ifPresent(problems::add);
        if (logo != null && logo.toString().isEmpty()) {
            logo = null;
        }
        if (logo != null) {
            BrandMark.problem(logo).ifPresent(problems::add);
        }
        terms = terms.strip();
        if (!terms.isEmpty() && !isHttps(terms)) {
            problems.add(problem("terms", terms, "expected an https address such as https://example.com/terms"));
        }
        privacy = privacy.strip();
        if (!privacy.isEmpty() && !isHttps(privacy)) {
            problems.add(problem("privacy", privacy, "expected an https address such as https://example.com/privacy"));
        }
        tax = tax.strip();
        if (!isLine(tax, LONGEST_LINE)) {
            problems.add(problem("tax", tax, "expected one line of at most %d characters".formatted(LONGEST_LINE)));
        }
        support = support.strip();
        if (!support.isEmpty() && !isHttps(support) && !isMail(support)) {
            problems.add(problem("support", support, "expected a mail address, or an https address"));
        }
        if (!problems.isEmpty()) {
            throw new Unusable(problems);
        }
    }

    /** The logo, or the default mark in the colour. */
    public BrandMark mark() {
        return logo == null ? BrandMark.standard(color) : BrandMark.read(logo);
    }

    /** The support address as the target of a link, {@code mailto:} included; empty without one. */
    public String supportLink() {
        return support.isEmpty() || isHttps(support) ? support : "mailto:" + support;
    }

    private static boolean isLine(String text, int longest) {
        return text.length() <= longest && text.chars().noneMatch(Character::isISOControl);
    }

    private static boolean isMail(String text) {
        return text.length() <= 254 && MAIL.matcher(text).matches();
    }

    private static boolean isHttps(String text) {
        try {
            var address = new URI(text);
            return "https".equalsIgnoreCase(address.getScheme())
                    && address.getHost() != null
                    && address.getRawUserInfo() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    static String problem(String setting, String value, String expected) {
        return "growalert.brand.%s: %s: %s".formatted(setting, value.replaceAll("\\p{Cntrl}", " "), expected);
    }

    private static final class Unusable extends RuntimeException implements PlainReason {
        private static final long serialVersionUID = 1L;

        Unusable(List<String> problems) {
            super(String.join("\n", problems));
        }
    }
}
